import { expect, test } from "vitest";
import { lacks, noBus, pythonWith, secretBus } from "../support/secret-bus.ts";

const noTool = noBus || lacks("secret-tool");

test.skipIf(noTool !== "")(
  `secret-tool keeps its passwords here, with no change in it${noTool}`,
  { timeout: 60_000 },
  async () => {
    const bus = await secretBus();
    await bus.serve();
    const store = (password: string, ...attributes: string[]): ReturnType<typeof bus.run> =>
      bus.run("secret-tool", ["store", "--label=A label", ...attributes], password);
    const lookup = (...attributes: string[]): ReturnType<typeof bus.run> =>
      bus.run("secret-tool", ["lookup", ...attributes]);
    expect((await store("first", "service", "a", "user", "me")).status).toBe(0);
    expect((await store("other", "service", "b", "user", "me")).status).toBe(0);
    expect((await store("second", "service", "a", "user", "me")).status).toBe(0);
    expect(await lookup("service", "a")).toMatchObject({ status: 0, stdout: "second" });
    expect(await lookup("service", "c")).toMatchObject({ status: 1, stdout: "" });
    const found = await bus.run("secret-tool", ["search", "--all", "user", "me"]);
    expect(found.stdout.match(/^label = A label$/gm)).toHaveLength(2);
    expect(found.stdout).toContain("secret = second");
    // What was replaced is the same secret with another version, and read like any other.
    const names = (await bus.cli(["list"])).stdout.trim().split("\n");
    expect(names).toHaveLength(2);
    const values = await Promise.all(
      names.map(async (name) => (await bus.cli(["get", name])).stdout),
    );
    expect(values.toSorted()).toEqual(["other", "second"]);
    expect((await bus.run("secret-tool", ["clear", "service", "a"])).status).toBe(0);
    expect((await lookup("service", "a")).status).toBe(1);
    expect((await lookup("service", "b")).stdout).toBe("other");
  },
);

const keyring = pythonWith("keyring, secretstorage");

test.skipIf(keyring.no !== "")(
  `Python's keyring keeps its passwords here, with no change in it${keyring.no}`,
  { timeout: 60_000 },
  async () => {
    const bus = await secretBus();
    await bus.serve();
    const said = await bus.run(
      keyring.python,
      ["-"],
      `
import keyring, keyring.errors
keyring.set_password("service", "me", "first")
keyring.set_password("service", "me", "s\\u00e9cond \\U0001f4a5")
keyring.set_password("service", "you", "other")
assert keyring.get_password("service", "me") == "s\\u00e9cond \\U0001f4a5"
assert keyring.get_credential("service", "you").password == "other"
assert keyring.get_password("service", "nobody") is None
keyring.delete_password("service", "me")
assert keyring.get_password("service", "me") is None
try:
    keyring.delete_password("service", "me")
    assert False
except keyring.errors.PasswordDeleteError:
    print("all is well")
`,
    );
    expect(said).toMatchObject({ status: 0, stdout: "all is well\n", stderr: "" });
    const [name = "", ...more] = (await bus.cli(["list"])).stdout.trim().split("\n");
    expect(more).toEqual([]);
    expect((await bus.cli(["get", name])).stdout).toBe("other");
  },
);

test.skipIf(keyring.no !== "")(
  `Python's secretstorage makes collections and items, and locks and unlocks${keyring.no}`,
  { timeout: 60_000 },
  async () => {
    const bus = await secretBus();
    await bus.serve();
    const said = await bus.run(
      keyring.python,
      ["-"],
      `
import secretstorage, time
from secretstorage.exceptions import ItemNotFoundException, LockedException
bus = secretstorage.dbus_init()
assert secretstorage.check_service_availability(bus)
login = secretstorage.get_default_collection(bus)
assert login.get_label() == "Login" and not login.is_locked()
assert list(secretstorage.get_any_collection(bus).get_all_items()) == []
binary = bytes(range(256)) * 4096
item = login.create_item("An item", {"a": "1", "b": "2"}, binary, content_type="application/x")
assert item.get_secret() == binary and item.get_secret_content_type() == "application/x"
assert item.get_attributes() == {"a": "1", "b": "2"} and item.get_label() == "An item"
assert abs(item.get_created() - time.time()) < 60 and item.get_modified() >= item.get_created()
created = item.get_created()
item.set_label("Another")
item.set_attributes({"c": "3"})
item.set_secret(b"short", content_type="text/plain")
assert (item.get_label(), item.get_attributes(), item.get_secret()) == ("Another", {"c": "3"}, b"short")
assert item.get_created() == created and item.get_secret_content_type() == "text/plain"
assert [found.item_path for found in secretstorage.search_items(bus, {"c": "3"})] == [item.item_path]
assert list(secretstorage.search_items(bus, {"a": "1"})) == []
twin = login.create_item("Another", {"c": "3"}, b"twin", replace=False)
assert len(list(login.search_items({"c": "3"}))) == 2
work = secretstorage.create_collection(bus, "My work", alias="work")
assert secretstorage.get_collection_by_alias(bus, "work").collection_path == work.collection_path
assert secretstorage.create_collection(bus, "Again", alias="work").collection_path == work.collection_path
work.set_label("Our work")
assert secretstorage.Collection(bus, work.collection_path).get_label() == "Our work"
inside = work.create_item("inside", {"c": "3"}, b"inside")
assert len(list(secretstorage.search_items(bus, {"c": "3"}))) == 3
work.delete()
try:
    inside.get_secret()
    assert False
except ItemNotFoundException:
    pass
twin.delete()
login.lock()
assert login.is_locked() and item.is_locked()
try:
    login.create_item("no", {"d": "4"}, b"no")
    assert False
except LockedException:
    pass
assert not login.unlock() and not login.is_locked()
assert item.get_secret() == b"short"
print("all is well")
`,
    );
    expect(said).toMatchObject({ status: 0, stdout: "all is well\n", stderr: "" });
    expect((await bus.cli(["list"])).stdout).toMatch(
      /^secret-service\/login\/an-item-[0-9a-f]{8}\n$/,
    );
  },
);

const libsecret = pythonWith("gi; gi.require_version('Secret', '1')");

test.skipIf(libsecret.no !== "")(
  `libsecret stores, looks up, searches and clears, in the collection of the session too${libsecret.no}`,
  { timeout: 60_000 },
  async () => {
    const bus = await secretBus();
    await bus.serve();
    const said = await bus.run(
      libsecret.python,
      ["-"],
      `
import gi
gi.require_version("Secret", "1")
from gi.repository import Secret
text = Secret.SchemaAttributeType.STRING
schema = Secret.Schema.new("org.example.Test", Secret.SchemaFlags.NONE, {"user": text, "n": Secret.SchemaAttributeType.INTEGER})
asked = {"user": "me", "n": "7"}
for collection, password in ((Secret.COLLECTION_DEFAULT, "first"), ("default", "second")):
    assert Secret.password_store_sync(schema, asked, collection, "a label", password, None)
assert Secret.password_lookup_sync(schema, asked, None) == "second"
assert Secret.password_store_sync(schema, {"user": "s", "n": "1"}, Secret.COLLECTION_SESSION, "of now", "passing", None)
assert Secret.password_lookup_sync(schema, {"user": "s", "n": "1"}, None) == "passing"
service = Secret.Service.get_sync(Secret.ServiceFlags.OPEN_SESSION | Secret.ServiceFlags.LOAD_COLLECTIONS, None)
labels = sorted(each.get_label() for each in service.get_collections())
assert labels == ["Login", "Session"], labels
found = service.search_sync(schema, {"user": "me"}, Secret.SearchFlags.ALL | Secret.SearchFlags.LOAD_SECRETS, None)
assert [each.get_secret().get_text() for each in found] == ["second"]
assert found[0].get_attributes()["xdg:schema"] == "org.example.Test"
assert Secret.password_clear_sync(schema, asked, None)
assert Secret.password_lookup_sync(schema, asked, None) is None
print("all is well")
`,
    );
    expect(said).toMatchObject({ status: 0, stdout: "all is well\n", stderr: "" });
    expect((await bus.cli(["list"])).stdout).toMatch(
      /^secret-service\/session\/of-now-[0-9a-f]{8}\n$/,
    );
  },
);
