/** A query that is understood and not answered; becomes an entry of `errors`. @see https://developers.cloudflare.com/analytics/graphql-api/errors/ */
export class QueryRefused extends Error {
  override readonly name = "QueryRefused";
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(message: string, extensions: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.extensions = extensions;
  }
}
