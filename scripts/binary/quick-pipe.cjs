"use strict";
/* global Bun */

/** As `quick-pipe.cts` of the command line has it, on what Bun has for it. */
function dial(path, text, ears) {
  let open = true;
  let socket;
  const close = () => {
    if (open) socket?.end();
    open = false;
  };
  void Bun.connect({
    unix: path,
    socket: {
      open(connected) {
        socket = connected;
        if (!open) connected.end();
        else if (connected.write(text) === Buffer.byteLength(text)) ears.connected();
        else ears.lost();
      },
      data: (_, bytes) => ears.received(bytes),
      close: () => ears.lost(),
      error: () => ears.lost(),
      connectError: () => ears.lost(),
    },
  }).catch(() => ears.lost());
  return close;
}

module.exports = { dial };
