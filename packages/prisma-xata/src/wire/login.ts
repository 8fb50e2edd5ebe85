import type { Endpoint } from "../dsn.ts";
import { postgresError, XataError } from "../errors.ts";
import type { Channel } from "./channel.ts";
import { saslInitialMessage, saslResponseMessage, startupMessage } from "./messages.ts";
import type { BackendMessage } from "./reader.ts";
import { SCRAM_SHA_256, startScram } from "./scram.ts";

/** How these sessions show in pg_stat_activity. */
export const APPLICATION_NAME = "prisma-xata";

/**
 * What a session is started with: text comes as UTF-8 and times as ISO 8601, whatever the role's own settings are. Only what a
 * pooler lets pass. @see https://www.pgbouncer.org/config.html#track_extra_parameters for what that is
 */
const SETTINGS = { client_encoding: "UTF8", DateStyle: "ISO", application_name: APPLICATION_NAME };

/**
 * Logs in; afterwards the session is ready for statements. The password itself is never sent.
 * @throws {XataError} UNAUTHORIZED, POSTGRES, PROTOCOL, CONNECTION_LOST
 * @see https://www.postgresql.org/docs/18/protocol-flow.html#PROTOCOL-FLOW-START-UP
 */
export async function logIn(channel: Channel, endpoint: Endpoint): Promise<void> {
  const { user, database } = endpoint;
  channel.send(startupMessage({ user, database, ...SETTINGS }));
  const request = await expectNext(channel);
  if (request.type === "sasl") await proveWithScram(channel, request.mechanisms, endpoint.password);
  else if (request.type !== "authenticated") throw unsupported(request);
  await untilReady(channel);
}

async function proveWithScram(
  channel: Channel,
  mechanisms: readonly string[],
  password: string,
): Promise<void> {
  if (!mechanisms.includes(SCRAM_SHA_256)) throw unsupported({ type: "sasl", mechanisms });
  const exchange = startScram(password);
  channel.send(saslInitialMessage(SCRAM_SHA_256, exchange.clientFirst));
  const challenge = await expectNext(channel);
  if (challenge.type !== "saslContinue") throw unsupported(challenge);
  const answer = await exchange.answer(challenge.data);
  channel.send(saslResponseMessage(answer.clientFinal));
  const outcome = await expectNext(channel);
  if (outcome.type !== "saslFinal") throw unsupported(outcome);
  answer.verify(outcome.data);
  const authenticated = await expectNext(channel);
  if (authenticated.type !== "authenticated") throw unsupported(authenticated);
}

async function untilReady(channel: Channel): Promise<void> {
  let message = await expectNext(channel);
  while (message.type !== "ready") message = await expectNext(channel);
}

async function expectNext(channel: Channel): Promise<BackendMessage> {
  const message = await channel.next();
  if (message.type === "error") throw postgresError(message.fields);
  return message.type === "other" ? expectNext(channel) : message;
}

function unsupported(message: BackendMessage): XataError {
  return new XataError({
    code: "PROTOCOL",
    message: `The database asks for a login that isn't supported (${JSON.stringify(message)}).`,
    hint: `Give the role a password of the kind ${SCRAM_SHA_256}: PostgreSQL's own default since version 14.`,
  });
}
