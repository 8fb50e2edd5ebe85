import "pg";

/** What `pg` has and its types leave out. */
declare module "pg" {
  interface ClientBase {
    readonly processID: number;
    readonly secretKey: number;
  }
  interface QueryConfig {
    /** `extended` prepares the statement even when it has no parameters. */
    queryMode?: "extended";
    rowMode?: "array";
  }
}
