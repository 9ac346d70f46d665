import { aws } from "./aws.ts";
import { claude } from "./claude.ts";
import { codex } from "./codex.ts";
import { docker } from "./docker.ts";
import { git } from "./git.ts";
import { kubectl } from "./kubectl.ts";
import type { Tool } from "./tool.ts";

/** The tools that can be connected, sorted. */
export const TOOLS: { readonly [name: string]: Tool } = {
  aws,
  claude,
  codex,
  docker,
  git,
  kubectl,
};
