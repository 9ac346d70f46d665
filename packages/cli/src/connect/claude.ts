import { homedir } from "node:os";
import { join } from "node:path";
import { shellWord } from "@strongroom/client/protocol";
import { jsonPart, keysAt } from "./json-text.ts";
import { given, plainOperand, printingWords } from "./operands.ts";
import { ownWords } from "./own-command.ts";
import type { Tool } from "./tool.ts";

/** What Claude Code takes before the output of its helper. */
const EARLIER = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"];

/** Claude Code asks us for its key (`apiKeyHelper`, which a shell runs). */
export const claude: Tool = {
  operands: "NAME",
  arity: [1, 1],
  isSingle: true,
  partOf: () => jsonPart(["apiKeyHelper"], "apiKeyHelper"),
  aim: async (input, [name = ""]) => {
    const printing = await printingWords(input, plainOperand(name, "the name"));
    const words = ownWords(printing, input.values["vault"], process.env);
    const folder = given(process.env, "CLAUDE_CONFIG_DIR") ?? join(homedir(), ".claude");
    return {
      file: join(folder, "settings.json"),
      value: JSON.stringify(words.map(shellWord).join(" ")),
      remarks: (text) => {
        const set = [...keysAt(text, ["env"]), ...Object.keys(process.env)];
        return EARLIER.filter((each) => set.includes(each)).map(
          (each) => `${each} is set, which Claude Code takes before it`,
        );
      },
    };
  },
};
