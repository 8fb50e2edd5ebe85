/** The one account and user that the local cloud has. */
export const ACCOUNT_NAME = "Local cloud";
export const USER_ID = "0".repeat(32);
export const USER_EMAIL = "developer@local-cloud.localhost";
