/** The version of this release, in all three packages. */
export const VERSION = "0.1.0";

/** The protocols that this release speaks; the highest common one is taken. */
export const PROTOCOL: { readonly min: number; readonly max: number } = { min: 1, max: 1 };
