import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlResultSet,
} from "@prisma/driver-adapter-utils";
import { EngineFailure } from "./failure.ts";

/** What the engine asks when it starts: whether the schema exists, and the server's version in two forms. */
const NEWEST_SERVER: SqlResultSet = {
  columnNames: ["exists", "version", "numeric_version"],
  columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
  rows: [[true, "PostgreSQL 18.0", 180_000]],
};

/**
 * Stands in for a database where none is needed, so that `migrate diff` between schemas runs without one. Answers the engine's
 * first question as a PostgreSQL 18 would, and no other.
 */
export function offlineAdapterFactory(): SqlMigrationAwareDriverAdapterFactory {
  return {
    provider: "postgres",
    adapterName: "prisma-xata-offline",
    connect: async () => offlineAdapter(),
    connectToShadowDb: async () => {
      throw noDatabase();
    },
  };
}

function offlineAdapter(): SqlDriverAdapter {
  let asked = false;
  return {
    provider: "postgres",
    adapterName: "prisma-xata-offline",
    queryRaw: async () => {
      if (asked) throw noDatabase();
      asked = true;
      return NEWEST_SERVER;
    },
    executeRaw: refuse,
    executeScript: refuse,
    startTransaction: refuse,
    getConnectionInfo: () => ({ supportsRelationJoins: true }),
    dispose: async () => {},
  };
}

async function refuse(): Promise<never> {
  throw noDatabase();
}

function noDatabase(): EngineFailure {
  return new EngineFailure("This needs a database, and no database URL is set.", { code: "P1012" });
}
