const SIZE = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const UNITS = ["B", "KiB", "MiB", "GiB"];

/** Bytes as people write them, in units of 1024. */
export function sizeInWords(bytes: number): string {
  const unit = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
  return `${SIZE.format(bytes / 1024 ** unit)} ${UNITS[unit]}`;
}
