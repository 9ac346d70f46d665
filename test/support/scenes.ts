/** A user whom no system knows. */
export const UID = 12_345;

/** What a shell does so that these programs are not there. */
export function lacking(...programs: readonly string[]): string {
  const paths = programs.map((name) => `/usr/bin/${name}`).join(" ");
  return `mount -t tmpfs none /mnt\n${overlay("/usr/bin")}\nrm -f ${paths}`;
}

/** What a shell does so that a folder is the lower layer of an overlay; `upper` mounts `/mnt`. */
export function overlaid(folder: string, upper: string): string {
  return `${upper}\n${overlay(folder)}`;
}

function overlay(folder: string): string {
  return `mkdir /mnt/upper /mnt/work
chown --reference=${folder} /mnt/upper
chmod --reference=${folder} /mnt/upper
mount -t overlay -o lowerdir=${folder},upperdir=/mnt/upper,workdir=/mnt/work none ${folder}`;
}
