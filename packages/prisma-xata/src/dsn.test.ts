import { expect, test } from "vitest";
import { parseDsn } from "./dsn.ts";

test("a branch is asked over TLS on port 443, whatever port PostgreSQL has", () => {
  const endpoint = parseDsn("postgresql://me:p%40ss@b1-rw.us-east-1.xata.tech:5432/my-db?sslmode=require");

  expect(endpoint).toEqual({
    host: "b1-rw.us-east-1.xata.tech",
    port: 5432,
    user: "me",
    password: "p@ss",
    database: "my-db",
    sqlUrl: "https://b1-rw.us-east-1.xata.tech/sql",
    webSocketUrl: "wss://b1-rw.us-east-1.xata.tech/v2",
    connectionString: "postgresql://me:p%40ss@b1-rw.us-east-1.xata.tech:5432/my-db",
  });
});

test("a local gateway, sslmode=disable, is asked on its own port without TLS", () => {
  const { sqlUrl, webSocketUrl } = parseDsn("postgres://me:pw@127.0.0.1:40123/my-db?sslmode=disable");

  expect([sqlUrl, webSocketUrl]).toEqual(["http://127.0.0.1:40123/sql", "ws://127.0.0.1:40123/v2"]);
});

test.each([
  "",
  "mysql://me:pw@host/db",
  "postgresql://me@host/db",
  "postgresql://:pw@host/db",
  "postgresql://me:pw@host",
  "postgresql://me:50%@host/db",
])("%j is refused without its password appearing in the error", (text) => {
  const parse = () => parseDsn(text);

  expect(parse).toThrow(expect.objectContaining({ name: "XataError", code: "INVALID_URL" }));
  expect(parse).not.toThrow(/pw|50%/u);
});
