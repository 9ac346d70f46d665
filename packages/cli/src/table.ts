import { StrongroomError } from "@strongroom/client/protocol";
import type { Command, Entry } from "./command.ts";
import { nearest } from "./suggest.ts";

/** Every verb of this version, sorted. */
export const COMMANDS: { readonly [verb: string]: Entry } = {
  approval: {
    summary: "say which files may have their references to secrets used",
    load: async () => (await import("./commands/approval.ts")).approval,
  },
  audit: {
    summary: "show who did what with the vault, or check that record",
    load: async () => (await import("./commands/audit.ts")).audit,
  },
  aws: {
    summary: "give programs of AWS their credentials",
    load: async () => (await import("./commands/aws.ts")).aws,
  },
  backup: {
    summary: "write an encrypted copy of the vault",
    load: async () => (await import("./commands/backup.ts")).backup,
  },
  check: {
    summary: "say whether all is there that a project needs",
    load: async () => (await import("./commands/check.ts")).check,
  },
  clear: {
    summary: "delete every secret whose name begins with a prefix",
    load: async () => (await import("./commands/clear.ts")).clear,
  },
  clock: {
    summary: "accept the clock of this machine after it was wrong",
    load: async () => (await import("./commands/clock.ts")).clock,
  },
  completion: {
    summary: "make a shell complete commands, options and names",
    load: async () => (await import("./commands/completion.ts")).completion,
  },
  config: {
    summary: "say how the daemon gets at the network",
    load: async () => (await import("./commands/config.ts")).config,
  },
  connect: {
    summary: "have git, docker, AWS, kubectl or an agent ask the vault",
    load: async () => (await import("./commands/connect.ts")).connect,
  },
  copy: {
    summary: "put a value into the clipboard, for a while",
    load: async () => (await import("./commands/copy.ts")).copy,
  },
  daemon: {
    summary: "run, start, stop, restart or look at the daemon",
    load: async () => (await import("./commands/daemon.ts")).daemon,
  },
  delete: {
    summary: "delete a secret; its versions stay in the history",
    load: async () => (await import("./commands/delete.ts")).remove,
  },
  diff: {
    summary: "say which fields of two versions differ, without their values",
    load: async () => (await import("./commands/diff.ts")).diff,
  },
  doctor: {
    summary: "look for what is wrong, and say what mends it",
    load: async () => (await import("./commands/doctor.ts")).doctor,
  },
  edit: {
    summary: "change a value in your editor",
    load: async () => (await import("./commands/edit.ts")).edit,
  },
  export: {
    summary: "write secrets for another program, sealed or in plain text",
    load: async () => (await import("./commands/export.ts")).exportSecrets,
  },
  generate: {
    summary: "make a password or passphrase, and store it if wanted",
    load: async () => (await import("./commands/generate.ts")).generate,
  },
  get: {
    summary: "print the value of a secret",
    load: async () => (await import("./commands/get.ts")).get,
  },
  help: {
    summary: "explain a command, or the exit codes",
    load: async () => (await import("./commands/help.ts")).help,
  },
  history: {
    summary: "list the kept versions of a secret",
    load: async () => (await import("./commands/history.ts")).history,
  },
  import: {
    summary: "take over what another system keeps",
    load: async () => (await import("./commands/import.ts")).importSecrets,
  },
  init: {
    summary: "create a vault",
    load: async () => (await import("./commands/init.ts")).init,
  },
  inject: {
    summary: "fill the values into a template",
    load: async () => (await import("./commands/inject.ts")).inject,
  },
  key: {
    summary: "make, change and revoke API keys: what others may do with the vault",
    load: async () => (await import("./commands/key.ts")).key,
  },
  kube: {
    summary: "give kubectl its credentials",
    load: async () => (await import("./commands/kube.ts")).kube,
  },
  list: {
    summary: "list the names of secrets",
    load: async () => (await import("./commands/list.ts")).list,
  },
  lock: {
    summary: "lock the vault; returns when no process knows its secrets",
    load: async () => (await import("./commands/lock.ts")).lock,
  },
  mcp: {
    summary: "let an agent use secrets without seeing them, by MCP",
    load: async () => (await import("./commands/mcp.ts")).mcp,
  },
  move: {
    summary: "give a secret another name, in one step",
    load: async () => (await import("./commands/move.ts")).move,
  },
  oauth: {
    summary: "keep OAuth credentials, whose tokens the vault refreshes",
    load: async () => (await import("./commands/oauth.ts")).oauth,
  },
  otp: {
    summary: "print the one-time code of this moment",
    load: async () => (await import("./commands/otp.ts")).otp,
  },
  purge: {
    summary: "forget a secret, or some of its versions, for good",
    load: async () => (await import("./commands/purge.ts")).purge,
  },
  recipe: {
    summary: "lay down programs that others may have run with secrets",
    load: async () => (await import("./commands/recipe.ts")).recipe,
  },
  recovery: {
    summary: "make a key to restore backups with, or confirm a restore",
    load: async () => (await import("./commands/recovery.ts")).recovery,
  },
  rekey: {
    summary: "put the vault under a new data key",
    load: async () => (await import("./commands/rekey.ts")).rekey,
  },
  renewer: {
    summary: "have a program make the next value of a secret when the old one is too old",
    load: async () => (await import("./commands/renewer.ts")).renewer,
  },
  repair: {
    summary: "save what can be authenticated of a damaged vault",
    load: async () => (await import("./commands/offline.ts")).repair,
  },
  restore: {
    summary: "make an old version of a secret the current one again",
    load: async () => (await import("./commands/restore.ts")).restore,
  },
  "restore-backup": {
    summary: "make a new vault of a backup",
    load: async () => (await import("./commands/restore-backup.ts")).restoreBackup,
  },
  run: {
    summary: "run a program with secrets in its environment",
    load: async () => (await import("./commands/run.ts")).run,
  },
  "secret-service": {
    summary: "keep the secrets of programs that use the Secret Service of Linux",
    load: async () => (await import("./commands/secret-service.ts")).secretService,
  },
  service: {
    summary: "have systemd, launchd or Windows start the daemon",
    load: async () => (await import("./commands/service.ts")).service,
  },
  set: {
    summary: "store a secret",
    load: async () => (await import("./commands/set.ts")).set,
  },
  slot: {
    summary: "list, add or remove the ways into the vault",
    load: async () => (await import("./commands/slot.ts")).slot,
  },
  status: {
    summary: "say how the daemon is; never starts one",
    load: async () => (await import("./commands/status.ts")).status,
  },
  tag: {
    summary: "change the tags, note or expiry of a secret",
    load: async () => (await import("./commands/tag.ts")).tag,
  },
  token: {
    summary: "print an access token, refreshed where it must be",
    load: async () => (await import("./commands/token.ts")).token,
  },
  top: {
    summary: "show how the daemon is, again and again",
    load: async () => (await import("./commands/top.ts")).top,
  },
  uninstall: {
    summary: "stop the daemon and remove what it left",
    load: async () => (await import("./commands/uninstall.ts")).uninstall,
  },
  unlock: {
    summary: "open a locked vault, and say when it locks itself",
    load: async () => (await import("./commands/unlock.ts")).unlock,
  },
  verify: {
    summary: "read every file of the vault back and authenticate it",
    load: async () => (await import("./commands/verify.ts")).verify,
  },
  version: {
    summary: "print the version",
    load: async () => (await import("./commands/version.ts")).version,
  },
  watch: {
    summary: "say what happens to secrets, as it happens",
    load: async () => (await import("./commands/watch.ts")).watch,
  },
};

/** Other names of verbs. */
export const ALIASES: { readonly [alias: string]: string } = { ls: "list", rm: "delete" };

/** Loads the command of a verb, or refuses with the nearest that there is. */
export function findCommand(verb: string): Promise<Command> {
  const name = Object.hasOwn(ALIASES, verb) ? (ALIASES[verb] ?? verb) : verb;
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (entry !== undefined) return entry.load();
  const meant = nearest(verb, [...Object.keys(COMMANDS), ...Object.keys(ALIASES)]);
  throw new StrongroomError("INVALID", "there is no such command", {
    hint: meant === undefined ? "strongroom help" : `did you mean: strongroom ${meant}`,
  });
}
