import { mayConnect, permittedUrl } from "@strongroom/daemon/src/oauth/permission.ts";
import { describe, expect, it } from "vitest";

const url = (host: string, scheme = "https"): URL => new URL(`${scheme}://${host}/`);

describe("a URL that may be spoken to", () => {
  it.each([
    ["https://auth.example/token", undefined],
    ["https://93.184.216.34/", undefined],
    ["https://10.1.2.3/", "10.1.2.3"],
    ["https://[fd00::1]/", "[fd00::1]"],
    ["https://127.0.0.1:8443/", "127.0.0.1"],
    ["https://localhost:8443/", "localhost"],
    ["https://notlocalhost/", undefined],
    ["http://127.0.0.1:8080/", "127.0.0.1"],
    ["http://[::1]:8080/", "[::1]"],
    ["http://localhost:8080/", "localhost"],
  ])("%s, where the owner typed %s", (href, typed) => {
    expect(permittedUrl(href, typed).href).toBe(new URL(href).href);
  });

  it.each([
    ["http://auth.example/", undefined],
    ["http://auth.example/", "auth.example"],
    ["http://10.1.2.3/", "10.1.2.3"],
    ["http://127.0.0.2/", "127.0.0.2"],
    ["http://127.0.0.1/", undefined],
    ["http://127.0.0.1/", "localhost"],
    ["http://localhost/", "127.0.0.1"],
    ["http://localhost/", undefined],
    ["https://127.0.0.1/", undefined],
    ["https://127.0.0.1/", "localhost"],
    ["https://10.1.2.4/", "10.1.2.3"],
    ["https://0x7f.1/", undefined],
    ["https://2130706433/", undefined],
    ["https://[::1]/", undefined],
    ["https://localhost/", undefined],
    ["https://localhost./", "127.0.0.1"],
    ["https://a.LOCALHOST/", "localhost"],
    ["https://[::ffff:127.0.0.1]/", undefined],
    ["https://169.254.169.254/latest", undefined],
    ["https://169.254.169.254/latest", "169.254.169.254"],
    ["https://[fe80::1]/", "[fe80::1]"],
    ["https://0.0.0.0/", "0.0.0.0"],
    ["https://name@auth.example/", undefined],
    ["https://name:word@auth.example/", undefined],
    ["ftp://auth.example/", undefined],
    ["file:///etc/passwd", undefined],
    ["no url", undefined],
  ])("is not %s, where the owner typed %s", (href, typed) => {
    expect(() => permittedUrl(href, typed)).toThrow(
      expect.objectContaining({ code: "DENIED" }) as Error,
    );
  });
});

it("what may not be spoken to is refused with what would go on", () => {
  for (const [href, message, hint] of [
    ["http://example.com/", "example.com would be spoken to without TLS", "https URL"],
    ["https://10.0.0.1/", "10.0.0.1 is an address that is not public", "privateHost"],
    ["https://me@a.example/", "holds a name or a password", "leave the name"],
    ["javascript:alert(1)", "an address of the server is none of the web", "is that of the server"],
  ] as const) {
    expect(() => permittedUrl(href, undefined)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
      }),
    );
  }
});

describe("an address that a name resolved to", () => {
  it("may be a public one always, and any of the host that the owner typed", () => {
    expect(mayConnect(url("a.example"), "93.184.216.34", undefined)).toBe(true);
    for (const address of ["10.0.0.1", "127.0.0.1", "fd00::1", "93.184.216.34"]) {
      expect(mayConnect(url("a.example"), address, "a.example")).toBe(true);
    }
  });

  it("may not be private or loopback where another host was typed, or none", () => {
    for (const address of ["10.0.0.1", "127.0.0.1", "::1", "fd00::1", "169.254.169.254"]) {
      expect(mayConnect(url("a.example"), address, undefined)).toBe(false);
      expect(mayConnect(url("a.example"), address, "b.example")).toBe(false);
    }
  });

  it("may never be link-local, multicast or unspecified", () => {
    for (const address of ["169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0", "::"]) {
      expect(mayConnect(url("a.example"), address, "a.example")).toBe(false);
    }
  });

  it("is loopback where nothing is encrypted", () => {
    expect(mayConnect(url("localhost", "http"), "127.0.0.1", "localhost")).toBe(true);
    expect(mayConnect(url("localhost", "http"), "::1", "localhost")).toBe(true);
    expect(mayConnect(url("localhost", "http"), "10.0.0.1", "localhost")).toBe(false);
    expect(mayConnect(url("localhost", "http"), "93.184.216.34", "localhost")).toBe(false);
  });
});
