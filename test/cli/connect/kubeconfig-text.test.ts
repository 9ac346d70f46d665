import { kubeconfigPart, scalar } from "strongroom/src/connect/kubeconfig-text.ts";
import { describe, expect, it } from "vitest";

const EXEC = "apiVersion: v1\nargs:\n- kube\ncommand: /x";
const WRITTEN = `exec:
      apiVersion: v1
      args:
      - kube
      command: /x
`;

/** Configurations as people and programs write them: with a user `dev` or without. */
const BEFORE: readonly (readonly [title: string, text: string, expected: string])[] = [
  ["none", "", `apiVersion: v1\nkind: Config\nusers:\n- name: dev\n  user:\n    ${WRITTEN}`],
  [
    "no users",
    "apiVersion: v1\nkind: Config\n",
    `apiVersion: v1\nkind: Config\nusers:\n- name: dev\n  user:\n    ${WRITTEN}`,
  ],
  [
    "an empty list",
    "users: [] # none\nkind: Config\n",
    `users:\n- name: dev\n  user:\n    ${WRITTEN}kind: Config\n`,
  ],
  [
    "others, with a note",
    "users:\n- name: other # his\n  user:\n    token: t\n# the end\nkind: Config\n",
    `users:\n- name: other # his\n  user:\n    token: t\n- name: dev\n  user:\n    ${WRITTEN}# the end\nkind: Config\n`,
  ],
  [
    "the user, with nothing",
    "users:\n- name: dev\n  user: {}\n- name: x\n  user: {}\n",
    `users:\n- name: dev\n  user:\n    ${WRITTEN}- name: x\n  user: {}\n`,
  ],
  [
    "the user with a certificate, key first",
    "users:\n- user:\n    client-certificate-data: abc\n  name: 'dev'\n",
    `users:\n- user:\n    ${WRITTEN}    client-certificate-data: abc\n  name: 'dev'\n`,
  ],
  [
    "a program of before",
    "users:\n- name: dev\n  user:\n    exec:\n      command: old\n      env:\n      - name: A\n        value: b\n    x: y\n",
    `users:\n- name: dev\n  user:\n    ${WRITTEN}    x: y\n`,
  ],
];

describe("a user of a kubeconfig", () => {
  it.each(BEFORE)("is given a program where there is %s", (_, text, expected) => {
    const part = kubeconfigPart("dev");
    const put = part.put(text, EXEC);
    expect(put).toBe(expected);
    expect(part.read(put)).toBe(EXEC);
    expect(part.put(put, EXEC)).toBe(put);
  });

  it("has again what it had", () => {
    const part = kubeconfigPart("dev");
    for (const [, text] of BEFORE.slice(3)) {
      const again = part.put(part.put(text, EXEC), part.read(text));
      expect(again).toBe(text);
    }
  });

  it("stays without a program where it was there without one", () => {
    const part = kubeconfigPart("dev");
    const again = (text: string): string => part.put(part.put(text, EXEC), part.read(text));
    const first = "users:\n- user: {}\n  name: dev\ncontexts: []\n";
    expect([part.read(first), again(first)]).toEqual(["", first]);
    expect(part.read("users: []\n")).toBe(undefined);
    expect(again("kind: Config\nusers: []\n")).toBe("kind: Config\nusers: []\n");
  });

  it("is refused where the file is not written in blocks", () => {
    for (const text of [
      '{"users": []}',
      "users: [{name: dev}]\n",
      "users:\n- name: dev\n  user: {token: x}\n",
      "a: b\n---\nc: d\n---\n",
    ]) {
      expect(() => kubeconfigPart("dev").put(text, EXEC)).toThrow(
        expect.objectContaining({ code: "UNSUPPORTED_FORMAT" }) as Error,
      );
    }
  });

  it("takes what YAML reads as the same text", () => {
    expect(["k8s/dev", "--vault", "on", "12", "a: b", "#x", "it's", "/a b"].map(scalar)).toEqual([
      "k8s/dev",
      '"--vault"',
      '"on"',
      '"12"',
      '"a: b"',
      '"#x"',
      '"it\'s"',
      '"/a b"',
    ]);
    const part = kubeconfigPart("dev");
    expect(part.isSame?.('args:\n- "--vault"', "args:\n- --vault")).toBe(true);
  });
});
