import { attacked } from "./attacked.mjs";
import { audited } from "./audited.mjs";
import { binary } from "./binary.mjs";
import { cli } from "./cli.mjs";
import { cold } from "./cold.mjs";
import { gap } from "./gap.mjs";
import { gets } from "./gets.mjs";
import { growth } from "./growth.mjs";
import { helpers } from "./helpers.mjs";
import { memory } from "./memory.mjs";
import { sets } from "./sets.mjs";
import { slowDiskRow } from "./slow-disk.mjs";
import { update } from "./update.mjs";
import { watched } from "./watched.mjs";

/** Every group of rows, in the order in which they run and are shown. */
export const ROWS = [
  sets,
  growth,
  gets,
  audited,
  slowDiskRow,
  gap,
  attacked,
  watched,
  update,
  cli,
  helpers,
  binary,
  cold,
  memory,
];
