import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** About 32 MiB and a tenth of a second (RFC 7914; OWASP's second choice after Argon2id, which would need a native package). */
const cost = { N: 2 ** 15, r: 8, p: 1 };
const saltBytes = 16;
const keyBytes = 32;
const maxPasswordLength = 1_000;
/** Of no password at all, at the cost of a real one. */
const nobodys = written(randomBytes(saltBytes), randomBytes(keyBytes));
const stored = /^scrypt\$N=(\d+),r=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/;

/** A salted hash as `scrypt$N=32768,r=8,p=1$<salt>$<key>`, both base64url: later versions may raise the cost. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const key = await derive(password, { salt, length: keyBytes, cost });
  return written(salt, key);
}

/**
 * Whether the password is the one that was hashed. Without a hash (nobody has that address, or they have no password) the
 * answer is no after the same work, so that the time it takes tells nobody who has an account.
 */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const [, N, r, p, salt, key] = stored.exec(hash ?? nobodys) ?? [];
  if (!salt || !key) throw new Error('expected a password hash as scrypt$N=…,r=…,p=…$salt$key, but got another format');
  const expected = Buffer.from(key, 'base64url');
  const given = password.length <= maxPasswordLength ? password : '';
  const derived = await derive(given, {
    salt: Buffer.from(salt, 'base64url'),
    length: expected.length,
    cost: { N: Number(N), r: Number(r), p: Number(p) },
  });
  return timingSafeEqual(derived, expected) && given === password && hash !== null;
}

function written(salt: Buffer, key: Buffer): string {
  return `scrypt$N=${cost.N},r=${cost.r},p=${cost.p}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

const scryptAsync = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

function derive(
  password: string,
  { salt, length, cost: { N, r, p } }: { salt: Buffer; length: number; cost: typeof cost },
): Promise<Buffer> {
  return scryptAsync(password.normalize('NFKC'), salt, length, { N, r, p, maxmem: 256 * N * r });
}
