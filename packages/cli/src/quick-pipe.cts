// Node's own handle of a Unix socket, without `node:net`, whose streams take a fifth of the time of
// a whole `get` to load. What Node says of it (DEP0111) is that it may go: then `dial` throws, and
// its caller takes the thorough way.

interface Handle {
  onread: (bytes?: ArrayBuffer) => void;
  close(): void;
  connect(request: object, path: string): number;
  readStart(): number;
  writeUtf8String(request: object, text: string): number;
}
interface Request {
  oncomplete: (status: number) => void;
}
interface Bindings {
  pipe_wrap: {
    readonly Pipe: new (type: number) => Handle;
    readonly PipeConnectWrap: new () => Request;
    readonly constants: { readonly SOCKET: number };
  };
  stream_wrap: { readonly WriteWrap: new () => Request };
}
type Bind = <Name extends keyof Bindings>(name: Name) => Bindings[Name];

/** What becomes of a connection; `lost` may be said after any of the others, and more than once. */
interface Ears {
  connected(): void;
  received(bytes: Buffer): void;
  lost(): void;
}

/**
 * Connects to the Unix socket at `path`, writes `text`, and tells what comes; nothing is told
 * before this has returned. Returns what closes the connection. Throws where Node has no such
 * handle or would warn of it on stderr.
 */
function dial(path: string, text: string, ears: Ears): () => void {
  if (isWarnedOf()) throw new Error("Node would warn");
  const bind = (process as unknown as { readonly binding: Bind }).binding;
  const { Pipe, PipeConnectWrap, constants } = bind("pipe_wrap");
  const { WriteWrap } = bind("stream_wrap");
  const pipe = new Pipe(constants.SOCKET);
  const request = new PipeConnectWrap();
  const written = new WriteWrap();
  const judge = (status: number): boolean => {
    if (status !== 0) ears.lost();
    return status === 0;
  };
  let open = true;
  pipe.onread = (bytes) => (bytes === undefined ? ears.lost() : ears.received(Buffer.from(bytes)));
  written.oncomplete = judge;
  request.oncomplete = (status) => {
    if (!open || !judge(status)) return;
    if (judge(pipe.readStart()) && judge(pipe.writeUtf8String(written, text))) ears.connected();
  };
  const refused = pipe.connect(request, path);
  if (refused !== 0) throw new Error(`no connection: ${refused}`);
  return () => {
    if (open) pipe.close();
    open = false;
  };
}

function isWarnedOf(): boolean {
  const { NODE_OPTIONS: options = "", NODE_PENDING_DEPRECATION: pending } = process.env;
  return pending === "1" || [options, ...process.execArgv].some((each) => each.includes("-deprec"));
}

module.exports = { dial };
