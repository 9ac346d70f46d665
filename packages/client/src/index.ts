export { StrongroomError } from "./protocol/index.ts";
