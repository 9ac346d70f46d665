import type { ServicePlan } from "./plan.ts";

/** What Node, its libraries and the loader read before a line of the daemon runs. */
const FOREIGN = [
  "GCONV_PATH",
  "LD_AUDIT",
  "LD_LIBRARY_PATH",
  "LD_PRELOAD",
  "NODE_DEBUG",
  "NODE_EXTRA_CA_CERTS",
  "NODE_OPTIONS",
  "NODE_PATH",
  "NODE_TLS_REJECT_UNAUTHORIZED",
  "OPENSSL_CONF",
  "OPENSSL_ENGINES",
  "OPENSSL_MODULES",
  "SSLKEYLOGFILE",
  "SSL_CERT_DIR",
  "SSL_CERT_FILE",
];

const CONTROL = /\p{Cc}/gu;

/** The unit of the socket at which the first client of a daemon is waited for (systemd.socket(5)). */
export function socketUnit(plan: ServicePlan, socket: string): string {
  return `${head(plan, "the socket of strongroom's daemon")}
[Socket]
ListenStream=${percents(socket)}
SocketMode=0600
DirectoryMode=0700
RemoveOnStop=yes
Backlog=1024
# A daemon that ended before it took who waits is started for the next who asks, not again and again.
FlushPending=yes

[Install]
WantedBy=sockets.target
`;
}

/**
 * The unit of the daemon (systemd.service(5), systemd.exec(5)). What a renewer's program, or that of
 * a slot, may do is what the unit may do: it is held back where no decent program is hurt, and V8
 * needs memory that is written and executed.
 */
export function serviceUnit(plan: ServicePlan): string {
  const variables = plan.variables.map(
    ([name, value]) => `Environment=${quoted(`${name}=${value}`)}`,
  );
  return `${head(plan, "strongroom's daemon")}Requires=${plan.unit}.socket
After=${plan.unit}.socket
# Each lock and each restart is a start.
StartLimitIntervalSec=10
StartLimitBurst=100

[Service]
Type=exec
ExecStart=${plan.words.map(argument).join(" ")}
${variables.join("\n")}
# The manager has variables of its own: none may name another vault, or load foreign code.
UnsetEnvironment=${[...FOREIGN, ...plan.unset].join(" ")}
# Killed, or because the vault was locked, it is started anew; else by who needs it.
Restart=on-abnormal
RestartForceExitStatus=77
RestartSec=100ms
TimeoutStopSec=30
# What follows on a lock is another process, for the one that knew the secrets has to end.
KillMode=process
UMask=0077
LimitCORE=0
CoredumpFilter=0
LockPersonality=yes
NoNewPrivileges=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
SystemCallFilter=@system-service @pkey

[Install]
WantedBy=default.target
`;
}

function head({ home, unit, version }: ServicePlan, what: string): string {
  return `# Written by strongroom ${version}: strongroom service install | uninstall | status
[Unit]
Description=${percents(`${what} (${unit === "strongroom" ? "the usual vault" : home.vault})`).replaceAll(CONTROL, "?")}
`;
}

/** An assignment, or a word, as systemd.syntax(7) reads it. */
function quoted(word: string): string {
  const escaped = percents(word)
    .replaceAll("\\", String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll(CONTROL, (each) => Buffer.from(each).toString("hex").replaceAll(/../gu, "\\x$&"));
  return `"${escaped}"`;
}

/** A word of a command line: variables are filled in there, and nowhere else (systemd.service(5)). */
function argument(word: string): string {
  return quoted(word.replaceAll("$", () => "$$"));
}

function percents(text: string): string {
  return text.replaceAll("%", "%%");
}
