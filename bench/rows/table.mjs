import { gets } from "./gets.mjs";
import { sets } from "./sets.mjs";

/** Every group of rows, in the order in which they run and are shown. */
export const ROWS = [sets, gets];
