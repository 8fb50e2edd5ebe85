/** Work that goes on beside other work: a failure is told where it is awaited, even if that is later. */
export function begin<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}
