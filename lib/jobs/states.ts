/** Of a job that still takes a place in the queue. */
export const OPEN_STATES = ["queued", "printing"] as const;

/** Of a job that is over. */
export const ENDED_STATES = ["completed", "failed", "cancelled"] as const;

export type EndedState = (typeof ENDED_STATES)[number];
export type JobState = (typeof OPEN_STATES)[number] | EndedState;
