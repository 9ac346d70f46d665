import { Variant } from "strongroom/src/dbus/variant.ts";
import { Sessions } from "strongroom/src/secret-service/sessions.ts";
import { expect, it } from "vitest";

const none = expect.objectContaining({ name: "org.freedesktop.Secret.Error.NoSession" }) as Error;

it("a session ends with its opener, and others keep theirs", () => {
  const sessions = new Sessions();
  const open = (owner: string): string => sessions.open(owner, "plain", new Variant("s", ""))[1];
  const [first, second, other] = [open(":1.1"), open(":1.1"), open(":1.2")];
  sessions.close(":1.1", first);
  expect(() => sessions.check(":1.1", first)).toThrow(none);
  sessions.check(":1.1", second);
  sessions.forget(":1.1");
  expect(() => sessions.check(":1.1", second)).toThrow(none);
  expect(() => sessions.close(":1.1", second)).toThrow(none);
  sessions.check(":1.2", other);
  expect(() => sessions.check(":1.1", other)).toThrow(none);
  // No path is given twice: what somebody kept of an old one leads nowhere.
  expect([first, second, other]).not.toContain(open(":1.1"));
});
