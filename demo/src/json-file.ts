import { randomUUID } from "node:crypto";
import { open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";

type Secrets = Record<string, string>;

/**
 * The disease: secrets in one JSON file, as many tools keep them, and written with care at
 * that. Every write is atomic and synced, and still loses what others wrote between its read
 * and its rename.
 */
export class JsonFile {
  readonly #path: string;

  constructor(home: string) {
    this.#path = join(home, "secrets.json");
  }

  async get(name: string): Promise<string | undefined> {
    return (await this.#read())[name];
  }

  async set(name: string, value: string): Promise<void> {
    const secrets = await this.#read();
    secrets[name] = value;
    await this.#write(secrets);
  }

  async delete(name: string): Promise<void> {
    const secrets = await this.#read();
    delete secrets[name];
    await this.#write(secrets);
  }

  async update(name: string, compute: (value: string | undefined) => string): Promise<void> {
    const secrets = await this.#read();
    secrets[name] = compute(secrets[name]);
    await this.#write(secrets);
  }

  async #read(): Promise<Secrets> {
    try {
      return JSON.parse(await readFile(this.#path, "utf8")) as Secrets;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
      throw error;
    }
  }

  async #write(secrets: Secrets): Promise<void> {
    const temporary = `${this.#path}.${randomUUID()}`;
    const file = await open(temporary, "wx", 0o600);
    await file.writeFile(JSON.stringify(secrets));
    await file.sync();
    await file.close();
    await rename(temporary, this.#path);
  }
}
