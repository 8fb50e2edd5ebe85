/** A query of the SQL API that isn't answered: what is wrong with it, or what is not supported, by name. */
export class SqlRefused extends Error {
  override readonly name = "SqlRefused";
}
