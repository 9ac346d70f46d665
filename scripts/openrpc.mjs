// Writes docs/openrpc.json from the method table: node --import tsx -C strongroom-source scripts/openrpc.mjs
import { writeFile } from "node:fs/promises";

import { openrpcText } from "../packages/client/src/protocol/openrpc.ts";

const file = new URL("../docs/openrpc.json", import.meta.url);
await writeFile(file, openrpcText());
process.stdout.write("wrote docs/openrpc.json\n");
