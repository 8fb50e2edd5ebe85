/** @see https://www.rfc-editor.org/rfc/rfc2606 and rfc6761 */
const RESERVED = /[@.](?:example\.(?:com|net|org)|test|example|invalid|localhost)$/iu;

/**
 * Whether an address is one that can't be anybody's, such as those of a gate's synthetic accounts: a mail to it would
 * only bounce, and bounces spoil a sender's name.
 */
export function isReservedAddress(address: string): boolean {
  return RESERVED.test(address.trim());
}
