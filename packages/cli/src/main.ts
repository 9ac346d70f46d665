import { runHot } from "./hot.ts";

const argv = process.argv.slice(2);
if (!runHot(argv)) void import("./cold.ts").then(({ runCold }) => runCold(argv));
