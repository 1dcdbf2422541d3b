/**
 * The release of Redis whose commands and words the front follows. Clients choose by it what they
 * may send.
 */
export const redisVersion = '7.4.0';
