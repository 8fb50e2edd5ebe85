import type * as graphqlModule from "graphql";
import type { DocumentNode, FieldNode, GraphQLResolveInfo, SelectionSetNode } from "graphql";
import { DATASETS, type Dataset } from "./datasets.ts";
import { QueryRefused } from "./errors.ts";
import { checkFilter, timeRange, type Filter } from "./filters.ts";
import { groups, type Group } from "./groups.ts";
import { schemaText } from "./schema.ts";
import type { Measurement } from "../measurements.ts";

/** Where the datasets' rows come from; `from` and `to` are seconds. */
export interface GraphqlSources {
  readonly accountId: string;
  readonly measurements: (
    dataset: Dataset,
    range: { readonly from: number; readonly to: number },
    filter: Filter,
  ) => Promise<readonly Measurement[]>;
  readonly now: () => number;
  /** How many events each one that is counted stands for. */
  readonly sampleInterval: number;
}

export interface GraphqlRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

export interface GraphqlAnswer {
  readonly data: unknown;
  readonly errors: readonly GraphqlProblem[] | null;
}

interface GraphqlProblem {
  readonly message: string;
  readonly path: readonly (string | number)[] | null;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** @see https://developers.cloudflare.com/analytics/graphql-api/limits/ */
const MAX_LIMIT = 10_000;
const DEFAULT_LIMIT = 100;
const MAX_RANGE_SECONDS = 31 * 24 * 60 * 60 + 60;

type Graphql = typeof graphqlModule;
let loaded:
  Promise<{ readonly graphql: Graphql; readonly schema: ReturnType<Graphql["buildSchema"]> }> | undefined;

/** The library is loaded with the first query, so that nobody waits for it at the start. */
function load(): NonNullable<typeof loaded> {
  loaded ??= import("graphql").then((graphql) => ({ graphql, schema: graphql.buildSchema(schemaText()) }));
  return loaded;
}

/** Answers one query. Faults of the query are in `errors`, as GraphQL has it; this rejects for defects only. */
export async function executeGraphql(
  sources: GraphqlSources,
  request: GraphqlRequest,
): Promise<GraphqlAnswer> {
  const { graphql, schema } = await load();
  const problems = (errors: readonly Error[]): GraphqlAnswer => ({
    data: null,
    errors: errors.map((error) => problem(error, sources.now())),
  });
  let document: DocumentNode;
  try {
    document = withCloudflareTypes(graphql, schema, graphql.parse(request.query));
  } catch (error) {
    return problems([error as Error]);
  }
  // Cloudflare takes a variable of type `string` where a time is wanted; filters.ts checks the value itself.
  const rules = graphql.specifiedRules.filter((rule) => rule !== graphql.VariablesInAllowedPositionRule);
  const invalid = graphql.validate(schema, document, rules);
  if (invalid.length > 0) return problems(invalid);
  const result = await graphql.execute({
    schema,
    document,
    rootValue: { viewer: { accounts: (args: AccountsArgs) => accounts(sources, args) } },
    variableValues: request.variables ?? {},
    operationName: request.operationName ?? null,
  });
  if (result.errors !== undefined && result.errors.length > 0) return problems(result.errors);
  return { data: result.data ?? null, errors: null };
}

/** Cloudflare's scalars are lower-case, and it takes GraphQL's own names for them too; wrangler leaves out the prefix of input types. */
function withCloudflareTypes(
  { visit, Kind }: Graphql,
  schema: ReturnType<Graphql["buildSchema"]>,
  document: DocumentNode,
): DocumentNode {
  const renamed: Readonly<Record<string, string>> = { String: "string", Int: "uint64", Float: "float64" };
  const name = (type: string) => {
    if (renamed[type] !== undefined) return renamed[type];
    return schema.getType(type) === undefined && schema.getType(`Account${type}`) ? `Account${type}` : type;
  };
  return visit(document, {
    VariableDefinition: (definition) =>
      visit(definition, {
        NamedType: (type) => ({ ...type, name: { kind: Kind.NAME, value: name(type.name.value) } }),
      }),
  });
}

interface AccountsArgs {
  readonly filter?: { readonly accountTag?: string; readonly accountTag_in?: readonly string[] };
}

interface DatasetArgs {
  readonly filter?: Filter;
  readonly limit?: number;
  readonly orderBy?: readonly string[];
}

type Resolver = (args: DatasetArgs, context: unknown, info: GraphQLResolveInfo) => Promise<readonly Group[]>;

/** @see https://developers.cloudflare.com/analytics/graphql-api/errors/ */
function accounts(
  sources: GraphqlSources,
  { filter = {} }: AccountsArgs,
): readonly Readonly<Record<string, Resolver>>[] {
  const asked = [filter.accountTag ?? [], filter.accountTag_in ?? []].flat();
  if (asked.length === 0 || asked.some((tag) => tag !== sources.accountId))
    throw new QueryRefused("not authorized for that account", { code: "authz" });
  return [Object.fromEntries(DATASETS.map((dataset) => [dataset.field, resolver(sources, dataset)]))];
}

function resolver(sources: GraphqlSources, dataset: Dataset): Resolver {
  return async ({ filter = {}, limit = DEFAULT_LIMIT, orderBy = [] }, _context, info) => {
    checkFilter(dataset, filter);
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
      throw new QueryRefused(`limit must be positive number and not greater than ${MAX_LIMIT}`);
    const range = timeRange(filter);
    const width = Math.min(range.to, sources.now() / 1000) - range.from;
    if (range.from > 0 && width > MAX_RANGE_SECONDS)
      throw new QueryRefused(
        `cannot request a time range wider than ${MAX_RANGE_SECONDS}s, but your query time range is ${Math.round(width)}s`,
      );
    const by = selectedDimensions(info);
    const stray = orderBy
      .map((order) => order.slice(0, order.lastIndexOf("_")))
      .find((key) => key in dataset.dimensions && !by.includes(key));
    if (stray !== undefined)
      throw new QueryRefused(
        `cannot order ${dataset.field} by ${stray}: it is not among the selected dimensions`,
      );
    return groups(dataset, await sources.measurements(dataset, range, filter), {
      by,
      filter,
      orderBy,
      limit,
      sampleInterval: sources.sampleInterval,
    });
  };
}

/** Names of the fields under `dimensions`, whatever they are called in the answer. */
function selectedDimensions(info: GraphQLResolveInfo): readonly string[] {
  const children = (nodes: readonly FieldNode[]) =>
    nodes.flatMap(({ selectionSet }) => (selectionSet ? fieldsIn(selectionSet, info) : []));
  const dimensions = children(info.fieldNodes).filter(({ name }) => name.value === "dimensions");
  const names = children(dimensions).map(({ name }) => name.value);
  return [...new Set(names)].filter((name) => name !== "__typename");
}

function fieldsIn(set: SelectionSetNode, info: GraphQLResolveInfo): readonly FieldNode[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === "Field") return [selection];
    const inner = selection.kind === "InlineFragment" ? selection : info.fragments[selection.name.value];
    return inner ? fieldsIn(inner.selectionSet, info) : [];
  });
}

function problem(error: Error, now: number): GraphqlProblem {
  const { path, extensions } = error as Error & Partial<GraphqlProblem>;
  return {
    message: error.message,
    path: path ?? null,
    extensions: { timestamp: new Date(now).toISOString(), ...extensions },
  };
}
