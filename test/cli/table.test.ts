import { ALIASES, COMMANDS, findCommand } from "strongroom/src/table.ts";
import { describe, expect, it } from "vitest";

/** Every verb that strongroom is designed with. */
const DESIGNED =
  "init set get list delete clear history restore purge run inject import export generate key audit oauth token unlock lock slot status verify backup doctor daemon service help version restore-backup repair recovery rekey clock renewer watch approval completion recipe mcp diff edit move otp tag check config copy top uninstall aws kube connect secret-service";

describe("the table of commands", () => {
  it("is sorted", () => {
    expect(Object.keys(COMMANDS)).toEqual(Object.keys(COMMANDS).toSorted());
  });

  it("knows every verb that was designed, once", () => {
    const known = Object.keys(COMMANDS);
    expect(known.toSorted()).toEqual(DESIGNED.split(" ").toSorted());
  });

  it.each(Object.keys(COMMANDS))("has help and working examples for %s", async (verb) => {
    const { examples, options, arity } = await findCommand(verb);
    expect(examples.join("\n")).toMatch(new RegExp(`strongroom ${verb}\\b`));
    expect(Object.keys(options)).toEqual(Object.keys(options).toSorted());
    expect(arity[0]).toBeLessThanOrEqual(arity[1]);
  });

  it("leads the aliases to verbs", () => {
    expect(ALIASES).toEqual({ ls: "list", rm: "delete" });
  });

  it("suggests the nearest to a verb that there is not, without quoting it", () => {
    expect(() => findCommand("lsit")).toThrow(
      expect.objectContaining({ code: "INVALID", hint: "did you mean: strongroom list" }) as Error,
    );
    expect(() => findCommand("canary-value")).toThrow(
      expect.objectContaining({ message: "there is no such command" }) as Error,
    );
  });

  it.each(["constructor", "__proto__", "toString"])("takes %s for no verb", (verb) => {
    expect(() => findCommand(verb)).toThrow(expect.objectContaining({ code: "INVALID" }) as Error);
  });
});
