/** What a person in a browser does, without one: follows redirects, keeps cookies, presses buttons. */
export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();

  /** Asks for one thing, without following. */
  async ask(url: string, form?: URLSearchParams): Promise<Response> {
    const { origin } = new URL(url);
    const jar = this.#cookies.get(origin) ?? new Map<string, string>();
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(url, {
      redirect: "manual",
      headers: cookie === "" ? {} : { cookie },
      ...(form === undefined ? {} : { method: "POST", body: form }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    this.#cookies.set(origin, jar);
    return answer;
  }

  /** Signs in at an authorization URL; returns where the server sends the browser in the end. */
  async signIn(url: string): Promise<string> {
    const { origin } = new URL(url);
    const last = await this.#follow(url, await this.ask(url), (next) => next.origin !== origin);
    return last.url;
  }

  /** Signs in at an authorization URL and goes where that leads; returns the page shown there. */
  async signInAndReturn(url: string): Promise<Response> {
    return await this.ask(await this.signIn(url));
  }

  /** Signs in at a verification URL that has the user code in it, and allows the device. */
  async allowDevice(url: string): Promise<void> {
    const page = await this.#page(url);
    const confirmation = await this.#submit(url, page);
    await this.#submit(url, confirmation);
  }

  async #page(url: string): Promise<string> {
    const { answer } = await this.#follow(url, await this.ask(url), () => false);
    return await answer.text();
  }

  async #submit(base: string, page: string): Promise<string> {
    const action = /<form[^>]*action="([^"]*)"/.exec(page)?.[1] ?? "";
    const form = new URLSearchParams();
    for (const [input] of page.matchAll(/<input[^>]*>/g)) {
      const name = /name="([^"]*)"/.exec(input)?.[1];
      if (name !== undefined) form.set(name, /value="([^"]*)"/.exec(input)?.[1] ?? "");
    }
    form.delete("abort");
    const code = new URL(base).searchParams.get("user_code");
    if (code !== null && form.has("user_code")) form.set("user_code", code);
    if (/name="confirm"/.test(page)) form.set("confirm", "yes");
    const url = new URL(action, base).href;
    const { answer } = await this.#follow(url, await this.ask(url, form), () => false);
    return await answer.text();
  }

  async #follow(
    from: string,
    first: Response,
    isEnd: (next: URL) => boolean,
  ): Promise<{ readonly url: string; readonly answer: Response }> {
    let url = from;
    let answer = first;
    for (let n = 0; n < 20; n += 1) {
      const location = answer.headers.get("location");
      if (location === null) return { url, answer };
      const next = new URL(location, url);
      url = next.href;
      if (isEnd(next)) return { url, answer };
      answer = await this.ask(url);
    }
    throw new Error(`too many redirects from ${from}`);
  }
}
