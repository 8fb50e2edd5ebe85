declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** `r-<commit's time in UTC>-<7 digits of the commit>`, such as `r-20261122T205800Z-89f96b9`; `-dirty` at its end for an unclean tree. */
export type ReleaseId = Branded<"ReleaseId">;

const RELEASE_ID = /^r-\d{8}T\d{6}Z-[0-9a-f]{7}(?:-dirty)?$/u;

export function isReleaseId(value: string): value is ReleaseId {
  return RELEASE_ID.test(value);
}

export function releaseId(at: Date, commit: string, dirty: boolean): ReleaseId {
  const time = at.toISOString().replaceAll(/[-:]/gu, "").replace(/\.\d+/u, "");
  return `r-${time}-${commit.slice(0, 7)}${dirty ? "-dirty" : ""}` as ReleaseId;
}
