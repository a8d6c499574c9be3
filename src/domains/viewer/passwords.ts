import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { normalized } from '../../text/normal-form.ts';

/** About 32 MiB and a tenth of a second (RFC 7914; OWASP's second choice after Argon2id, which would need a native package). */
const cost = { N: 2 ** 15, r: 8, p: 1 };
const saltBytes = 16;
const keyBytes = 32;
const maxPasswordLength = 1_000;
/** A hash that no password has, which costs as much to verify as a real one. */
const dummyHash = encoded(randomBytes(saltBytes), randomBytes(keyBytes));
const hashShape = /^scrypt\$N=(\d+),r=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/;

/** A salted hash as `scrypt$N=32768,r=8,p=1$<salt>$<key>`, both base64url: later versions may raise the cost. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const key = await derive(password, { salt, length: keyBytes, cost });
  return encoded(salt, key);
}

/**
 * Whether the password is the one that was hashed. Without a hash (an unknown address, or a user without a password) returns false
 * after the same work, so that the duration does not reveal which addresses are known.
 */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const [, N, r, p, salt, key] = hashShape.exec(hash ?? dummyHash) ?? [];
  if (!salt || !key) throw new Error('expected a password hash as scrypt$N=…,r=…,p=…$salt$key, but got another format');
  const expected = Buffer.from(key, 'base64url');
  const candidate = password.length <= maxPasswordLength ? password : '';
  const derived = await derive(candidate, {
    salt: Buffer.from(salt, 'base64url'),
    length: expected.length,
    cost: { N: Number(N), r: Number(r), p: Number(p) },
  });
  return timingSafeEqual(derived, expected) && candidate === password && hash !== null;
}

function encoded(salt: Buffer, key: Buffer): string {
  return `scrypt$N=${cost.N},r=${cost.r},p=${cost.p}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

const scryptAsync = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

function derive(
  password: string,
  { salt, length, cost: { N, r, p } }: { salt: Buffer; length: number; cost: typeof cost },
): Promise<Buffer> {
  return scryptAsync(normalized(password, 'NFKC'), salt, length, { N, r, p, maxmem: 256 * N * r });
}
