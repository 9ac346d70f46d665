import { VERSION } from "@strongroom/client/protocol";
import type { Caller } from "../command.ts";
import { Refusal } from "../refusal.ts";
import { recipesText, toolsOver } from "./tools.ts";
import type { Answer } from "./tools.ts";

const name = { type: "string", maxLength: 255 } as const;
const LIST = {
  type: "object",
  properties: { pattern: name },
  additionalProperties: false,
} as const;
const DESCRIBE = {
  type: "object",
  properties: { name },
  required: ["name"],
  additionalProperties: false,
} as const;
const RUN = {
  type: "object",
  properties: {
    recipe: name,
    arguments: { type: "object", additionalProperties: { type: "string", maxLength: 1000 } },
  },
  required: ["recipe"],
  additionalProperties: false,
} as const;

/** Serves the tools over stdin and stdout, as the Model Context Protocol says; ends with stdin. */
export async function serve(caller: Caller): Promise<void> {
  const { fromJsonSchema, McpServer, serveStdio } = await sdk();
  const tools = toolsOver(caller);
  const recipes = await recipesText(caller);
  const ended = new Promise<void>((resolve) => {
    process.stdin.once("end", resolve).once("close", resolve);
  });
  const handle = serveStdio(() => {
    const server = new McpServer({ name: "strongroom", version: VERSION });
    server.registerTool(
      "list_secrets",
      {
        description:
          "Names of secrets with their tags, notes and versions, never a value. pattern: * within a segment, ** across.",
        inputSchema: fromJsonSchema<{ pattern?: string }>(LIST),
        annotations: { readOnlyHint: true },
      },
      async (asked) => content(await tools.list_secrets(asked)),
    );
    server.registerTool(
      "describe_secret",
      {
        description:
          "What is known of one secret: version, time, tags, note, expiry; never its value.",
        inputSchema: fromJsonSchema<{ name: string }>(DESCRIBE),
        annotations: { readOnlyHint: true },
      },
      async (asked) => content(await tools.describe_secret(asked)),
    );
    server.registerTool(
      "run_recipe",
      {
        description: `Runs a program that the owner has laid down, with secrets in its environment; returns its exit status and what it wrote, without the values. Recipes:\n${recipes}`,
        inputSchema: fromJsonSchema<{ recipe: string; arguments?: { [name: string]: string } }>(
          RUN,
        ),
      },
      async (asked, context) => content(await tools.run_recipe(asked, context.mcpReq.signal)),
    );
    return server;
  });
  await ended;
  await handle.close();
}

function content({ isError, text }: Answer): {
  content: { type: "text"; text: string }[];
  isError: boolean;
} {
  return { content: [{ type: "text", text }], isError };
}

async function sdk(): Promise<
  Pick<typeof import("@modelcontextprotocol/server"), "fromJsonSchema" | "McpServer"> &
    Pick<typeof import("@modelcontextprotocol/server/stdio"), "serveStdio">
> {
  try {
    const { fromJsonSchema, McpServer } = await import("@modelcontextprotocol/server");
    const { serveStdio } = await import("@modelcontextprotocol/server/stdio");
    return { fromJsonSchema, McpServer, serveStdio };
  } catch {
    throw new Refusal(
      "UNSUPPORTED",
      "the package that speaks MCP is not installed beside strongroom",
      "npm install @modelcontextprotocol/server",
    );
  }
}
