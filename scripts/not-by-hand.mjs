// Run by npm and pnpm before they publish the folder of a package, and never for a tarball.
process.stderr.write(
  "not published: a release is made of a commit, and published by its workflow:\n" +
    "next: npm run release -- --dry-run, and docs/releasing.md\n",
);
process.exit(1);
