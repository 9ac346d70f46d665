import { run } from "./hot.ts";

void run(process.argv.slice(2));
