import { StrongroomError } from "@strongroom/client/protocol";
import type { Command } from "../command.ts";
import { serve } from "../mcp/serve.ts";

/** `mcp`: tools for an agent that uses secrets and sees none. */
export const mcp: Command = {
  operands: "",
  arity: [0, 0],
  options: {},
  examples: [
    "strongroom key create agent --allow 'list,get:ci/**' --expires 30d > agent.key",
    "STRONGROOM_API_KEY_FILE=agent.key strongroom mcp",
  ],
  notes: [
    "Speaks the Model Context Protocol over stdin and stdout. An agent can list and describe the",
    "secrets that the key may list, and run recipes whose secrets it may all get; what these write",
    "comes back without the values. It does not start without an API key: an agent is not you. Keep",
    "the key where the agent cannot read it, for with the key it could get the values.",
  ],
  async run({ caller }) {
    const { STRONGROOM_API_KEY: key, STRONGROOM_API_KEY_FILE: file } = process.env;
    if (key === undefined && file === undefined) {
      throw new StrongroomError("DENIED", "mcp acts with an API key alone, and there is none", {
        hint: "strongroom key create agent --allow 'list,get:ci/**' --expires 30d > agent.key && STRONGROOM_API_KEY_FILE=agent.key strongroom mcp",
      });
    }
    await serve(caller);
    return 0;
  },
};
