/** An error as it travels on the bus: its name there, and a message that holds no value. */
export class DBusError extends Error {
  override readonly name: string;

  constructor(name: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = name;
  }
}
