import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const IMAGE_BYTES = 33_554_432;
const DETACH_MS = 10_000;

/** `_IOR('X', 125, __u32)` of linux/fs.h with EXT4_GOING_FLAGS_NOLOGFLUSH: nothing is flushed. */
const REQUEST = 0x8004587d;
const NO_LOG_FLUSH = 2;

const IN_C = `#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>
int main(int count, char **words) {
  uint32_t how = ${NO_LOG_FLUSH};
  return count < 2 || ioctl(open(words[1], O_RDONLY), ${REQUEST}u, &how) != 0;
}
`;
const IN_PYTHON = [
  "import fcntl, os, struct, sys",
  `fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), ${REQUEST}, struct.pack("I", ${NO_LOG_FLUSH}))`,
].join("\n");

/** An ext4 file system in an image of its own, whose power can be cut. For root on Linux. */
export class LoopDisk {
  /** Where it is mounted. */
  readonly mount: string;
  readonly #folder: string;
  readonly #image: string;
  readonly #cutter: readonly string[];

  /** Throws where no such disk can be had. */
  constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), "strongroom-power-"));
    this.mount = join(this.#folder, "mount");
    this.#image = join(this.#folder, "image");
    try {
      this.#cutter = cutter(this.#folder);
      mkdirSync(this.mount);
      writeFileSync(this.#image, "");
      truncateSync(this.#image, IMAGE_BYTES);
      execFileSync("mkfs.ext4", ["-q", "-F", "-m", "0", this.#image], { stdio: "pipe" });
      this.#mount();
    } catch (error) {
      this.discard();
      throw error;
    }
  }

  /** The power goes off: what is not on the disk is gone, and every later call fails. */
  cut(): void {
    const [program = "", ...args] = this.#cutter;
    execFileSync(program, [...args, this.mount], { stdio: "pipe" });
  }

  /** The power is back, and the file system is mounted as a start of the machine does it. */
  restart(): void {
    execFileSync("umount", [this.mount], { stdio: "pipe" });
    this.#detached();
    this.#mount();
  }

  /** Where the system still holds the file system that lost its power, it would be mounted again. */
  #detached(): void {
    const end = performance.now() + DETACH_MS;
    while (execFileSync("losetup", ["-j", this.#image]).length > 0) {
      if (performance.now() > end) throw new Error("the loop device is not let go");
    }
  }

  /** Frees everything, whatever state it is in. */
  discard(): void {
    spawnSync("umount", ["-l", this.mount]);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  // No commit by the clock: what a test proves must not hang on how long it took.
  #mount(): void {
    const options = ["-t", "ext4", "-o", "loop,commit=300", this.#image, this.mount];
    execFileSync("mount", options, { stdio: "pipe" });
  }
}

/** Why there can be no such disk here, or undefined. */
export function noLoopDisk(): string | undefined {
  if (process.platform !== "linux") return "a power cut is simulated on Linux only";
  if (process.getuid?.() !== 0) return "only root may mount";
  let disk: LoopDisk | undefined;
  try {
    disk = new LoopDisk();
    disk.cut();
    disk.restart();
    return undefined;
  } catch (error) {
    const said = (error as { stderr?: Buffer }).stderr?.toString().trim() ?? "";
    return said === "" ? (error as Error).message : said;
  } finally {
    disk?.discard();
  }
}

function cutter(folder: string): readonly string[] {
  const source = join(folder, "cut.c");
  const program = join(folder, "cut");
  writeFileSync(source, IN_C);
  if (spawnSync("cc", ["-o", program, source]).status === 0) return [program];
  if (spawnSync("python3", ["-c", "import fcntl"]).status === 0)
    return ["python3", "-c", IN_PYTHON];
  throw new Error("there is neither cc nor python3, and Node has no ioctl");
}
