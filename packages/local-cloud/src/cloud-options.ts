import type { Clock } from "./clock.ts";
import type { RequestRecord } from "./dataplane/exchange.ts";
import type { MetricsSettings } from "./services/analytics/backend.ts";

/** What a local cloud is started with. */
export interface LocalCloudOptions {
  /** Folder with all of its state; made when missing. */
  readonly dataDir: string;
  /** Ports; 0 takes any free one. */
  readonly port: number;
  readonly edgePort: number;
  /** HTTPS at the edge; any free port when left out. */
  readonly edgeTlsPort?: number;
  readonly databasePort: number;
  /** Names of the PostgreSQL databases to have. None: PostgreSQL isn't started. */
  readonly databases: readonly string[];
  /** What cron triggers go by. Default: the machine's. */
  readonly clock?: Clock;
  /** How long a deployment takes until every request at the edge meets it, in milliseconds; 0 when left out. */
  readonly propagationDelayMs?: number;
  /** The address on which the API and the edge listen. Default: 127.0.0.1, which only this machine reaches. */
  readonly host?: string;
  /** How many API requests each token may send per 5 minutes. Default: no limit. */
  readonly apiRateLimit?: number;
  /** How many requests per second Resend takes. Default: no limit. */
  readonly resendRateLimit?: number;
  /** How late and how sampled metrics are; default: neither. */
  readonly metrics?: MetricsSettings;
  readonly log: (line: string) => void;
  readonly onRequest?: (record: RequestRecord) => void;
}
