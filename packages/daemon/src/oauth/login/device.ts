import { StrongroomError } from "@strongroom/client/protocol";
import {
  deviceAuthorizationRequest,
  deviceCodeGrantRequest,
  processDeviceAuthorizationResponse,
  processDeviceCodeResponse,
  ResponseBodyError,
} from "oauth4webapi";
import type { DeviceAuthorizationResponse } from "oauth4webapi";
import { speaking } from "../http.ts";
import { permittedUrl } from "../permission.ts";
import { authenticationOf } from "../token-endpoint.ts";
import { askedFor, signedIn } from "./ground.ts";
import type { Ground, SignedIn } from "./ground.ts";
import { expired, loginFailure, unable } from "./refusal.ts";

/** Seconds between two questions, unless the server says more, and what `slow_down` adds. */
const INTERVAL = 5;
/** Seconds; a server that says more does not keep us longer. */
const LONGEST = 1800;
const CODE = /^[\x21-\x7e][\x20-\x7e]{0,63}$/;

/** Waits so many milliseconds, or until the signal is aborted. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;

/** A code that is typed on another device (RFC 8628). */
export interface DeviceFlow {
  readonly userCode: string;
  readonly verificationUri: string;
  /** The same with the code in it. */
  readonly verificationUriComplete?: string;
  /** Seconds that there are. */
  readonly expiresIn: number;
  /** Asks the server again and again; rejects with what is to be told. */
  finish(pause: Pause): Promise<SignedIn>;
}

/** Asks a server for a code to be typed elsewhere. */
export async function beginDevice(ground: Ground): Promise<DeviceFlow> {
  const { allowance, client, found, http } = ground;
  const { privateHost, server } = found;
  if (server.device_authorization_endpoint === undefined || server.token_endpoint === undefined) {
    throw unable("the server has no sign-in by another device", "leave --device away");
  }
  const known = { client_id: client.clientId };
  try {
    const response = await deviceAuthorizationRequest(
      server,
      known,
      authenticationOf(client),
      askedFor(ground),
      { ...speaking(http, allowance) },
    );
    const answer = await processDeviceAuthorizationResponse(server, known, response);
    const {
      user_code: userCode,
      verification_uri: plain,
      verification_uri_complete: whole,
    } = answer;
    if (!CODE.test(userCode)) throw unable("the code of the server cannot be shown", "try later");
    return {
      userCode,
      verificationUri: permittedUrl(plain, privateHost).href,
      ...(whole === undefined
        ? {}
        : { verificationUriComplete: permittedUrl(whole, privateHost).href }),
      expiresIn: Math.min(answer.expires_in, LONGEST),
      finish: (pause) => poll(ground, answer, pause),
    };
  } catch (error) {
    throw loginFailure(error, "asking for a code");
  }
}

/** RFC 8628 section 3.5. */
async function poll(
  ground: Ground,
  answer: DeviceAuthorizationResponse,
  pause: Pause,
): Promise<SignedIn> {
  const { signal } = ground.allowance;
  const least = answer.interval ?? INTERVAL;
  const until = Math.min(answer.expires_in, LONGEST);
  const ask = async (interval: number, waited: number): Promise<SignedIn> => {
    if (waited + interval > until) throw expired();
    await pause(interval * 1000, signal);
    signal.throwIfAborted();
    const next = await asked(ground, answer.device_code);
    if (next === "pending") return await ask(interval, waited + interval);
    if (next === "slower") return await ask(interval + INTERVAL, waited + interval);
    return next;
  };
  return await ask(Math.max(least, 1), 0);
}

async function asked(ground: Ground, code: string): Promise<SignedIn | "pending" | "slower"> {
  const { allowance, client, found, http } = ground;
  const known = { client_id: client.clientId };
  try {
    const response = await deviceCodeGrantRequest(
      found.server,
      known,
      authenticationOf(client),
      code,
      { ...speaking(http, allowance) },
    );
    if (response.status === 429 || response.status >= 500) return "slower";
    return signedIn(ground, await processDeviceCodeResponse(found.server, known, response));
  } catch (error) {
    if (error instanceof ResponseBodyError) {
      if (error.error === "authorization_pending") return "pending";
      if (error.error === "slow_down") return "slower";
    }
    // One question may be lost: the next is asked later.
    const isLost = error instanceof StrongroomError && error.code === "UNAVAILABLE";
    if (isLost && !allowance.signal.aborted) return "slower";
    throw loginFailure(error, "signing in");
  }
}
