import type { StrongroomError } from "@strongroom/client/protocol";
import type {
  Granted,
  Obstacles,
  Provider,
  Redemption,
  Registration,
} from "@strongroom/daemon/src/oauth/provider.ts";

/** What a scripted server does with a refresh token that is presented to it. */
export type Answer = (
  refreshToken: string,
  signal: AbortSignal,
) => Promise<Redemption> | Redemption;

/**
 * An authorization server of a test: it rotates, and remembers every token that it was presented.
 * Unless told otherwise it grants what it is asked for.
 */
export class ScriptedProvider implements Provider {
  readonly presented: string[] = [];
  readonly revoked: string[] = [];
  /** Whether it confirms that it revokes. */
  revokes = true;
  /** What it waits for before it confirms. */
  revoking: Promise<void> = Promise.resolve();
  readonly #answers: Answer[] = [];
  #made = 0;
  /** Seconds that its tokens live; undefined = it does not say. */
  life: number | undefined = 3600;

  /** What stands in the way of asking it. */
  obstacle: StrongroomError | undefined;

  obstacles(): Promise<Obstacles> {
    return Promise.resolve(() => this.obstacle);
  }

  /** What it does with the next tokens, one after the other. */
  script(...answers: readonly Answer[]): void {
    this.#answers.push(...answers);
  }

  /** New tokens. */
  granted(more: Partial<Granted> = {}): Redemption {
    this.#made += 1;
    const life = this.life === undefined ? {} : { expiresIn: this.life };
    const refreshToken = `refresh-${this.#made}`;
    const accessToken = `access-${this.#made}`;
    const granted = { accessToken, tokenType: "Bearer", refreshToken, ...life, ...more };
    return { kind: "granted", granted };
  }

  async redeem(
    _registration: Registration,
    { refreshToken }: { readonly refreshToken: string },
    signal: AbortSignal,
  ): Promise<Redemption> {
    this.presented.push(refreshToken);
    const answer = this.#answers.shift() ?? (() => this.granted());
    return await answer(refreshToken, signal);
  }

  revoke(_registration: Registration, refreshToken: string): Promise<boolean> {
    this.revoked.push(refreshToken);
    return this.revoking.then(() => this.revokes);
  }
}

/** An answer that comes when the test says so. */
export function held(): { readonly answer: Answer; readonly release: (with_: Redemption) => void } {
  let release: (redemption: Redemption) => void = () => {};
  const promise = new Promise<Redemption>((resolve) => {
    release = resolve;
  });
  return { answer: () => promise, release: (redemption) => release(redemption) };
}
