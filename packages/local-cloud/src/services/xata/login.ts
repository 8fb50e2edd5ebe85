import { dirname } from "node:path";
import type { Duplex } from "node:stream";
import { Client, type DatabaseError } from "pg";

/** A session of PostgreSQL after its login, with what PostgreSQL said during it. */
export interface LoggedIn {
  readonly socket: Duplex;
  readonly parameters: Readonly<Record<string, string>>;
  readonly processId: number;
  readonly secretKey: number;
}

/**
 * Logs in with a startup message's parameters and gives the bare connection back, ready for a query.
 * @throws {DatabaseError} when PostgreSQL refuses; a system error when it can't be reached.
 */
export async function logIn(
  socketPath: string,
  startup: Readonly<Record<string, string>>,
  password: string,
): Promise<LoggedIn> {
  const { user = "", database = user, options = "", ...settings } = startup;
  const client = new Client({
    host: dirname(socketPath),
    user,
    database,
    password,
    options: [options, ...Object.entries(settings).map(settingOption)].join(" ").trim(),
  });
  const parameters: Record<string, string> = {};
  client.connection.on("parameterStatus", (status: { parameterName: string; parameterValue: string }) => {
    parameters[status.parameterName] = status.parameterValue;
  });
  await client.connect();
  const { stream } = client.connection;
  for (const event of ["data", "end", "close", "error"]) stream.removeAllListeners(event);
  return { socket: stream, parameters, processId: client.processID, secretKey: client.secretKey };
}

/** @see https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-CONNECT-OPTIONS for the escaping */
function settingOption([name, value]: readonly [string, string]): string {
  return `-c ${name}=${value.replaceAll(/[\s\\]/gu, String.raw`\$&`)}`;
}

/** What PostgreSQL sends after a login that it accepts. @see https://www.postgresql.org/docs/18/protocol-message-formats.html */
export function loginReply(session: LoggedIn): Buffer {
  const statuses = Object.entries(session.parameters).map(([name, value]) =>
    message("S", text(name), text(value)),
  );
  return Buffer.concat([
    message("R", int32(0)),
    ...statuses,
    message("K", int32(session.processId), int32(session.secretKey)),
    message("Z", Buffer.from("I")),
  ]);
}

/** The error that refused a login, as PostgreSQL sends it. */
export function refusedLogin(error: DatabaseError): Buffer {
  return errorResponse(error.severity ?? "FATAL", error.code ?? "28000", error.message);
}

/**
 * What the gateway itself sends to a client whose branch hibernates.
 * @see https://github.com/xataio/xata services/gateway, where both kinds of connection get FATAL 57P01
 */
export function refusedConnection(reason: string): Buffer {
  return errorResponse("FATAL", "57P01", reason);
}

function errorResponse(severity: string, code: string, reason: string): Buffer {
  const fields = { S: severity, V: severity, C: code, M: reason };
  const parts = Object.entries(fields).map(([name, value]) =>
    Buffer.concat([Buffer.from(name), text(value)]),
  );
  return message("E", ...parts, Buffer.from([0]));
}

function message(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`);
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
}
