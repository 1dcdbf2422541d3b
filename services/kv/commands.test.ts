import { describe, expect, it } from 'vitest';
import { localPort } from './commandPort.contract.js';
import { commands, findCommand } from './commands.js';
import { type FrontOptions, testFront } from './conversation.contract.js';
import { latin1Bytes } from './latin1.js';

/** A client over a local port, whose answers lose their last line end. */
function client(options: FrontOptions = {}) {
  const port = localPort();
  const { front, connect } = testFront(port, options);
  const conversation = connect();
  const ask = (line: string) => conversation.ask(...line.split(' ')).replace(/\r\n$/, '');
  return { port, front, connect, conversation, ask };
}

/** Each line: what is asked, and what comes back. */
function dialogue(lines: readonly (readonly [string, string])[], options?: FrontOptions): void {
  const { ask } = client(options);
  for (const [asked, answer] of lines) expect(ask(asked), asked).toBe(answer);
}

const wrongNumber = (name: string) => `-ERR wrong number of arguments for '${name}' command`;
const notAnInteger = '-ERR value is not an integer or out of range';

describe('the table of commands', () => {
  it('finds each command in any case, and no other', () => {
    const request = (name: string) => {
      const bytes = latin1Bytes(name);
      return { bytes, count: 1, starts: [0], ends: [bytes.length] };
    };
    for (const one of commands) {
      expect(findCommand(request(one.name))).toBe(one);
      expect(findCommand(request(one.name.toUpperCase()))).toBe(one);
    }
    // The last one has the hash of 'get'.
    for (const name of [
      '',
      'ge',
      'gets',
      'g\x45\x54x',
      'nosuch',
      'get\x00',
      'x'.repeat(1000),
      'gc\xb2',
    ]) {
      expect(findCommand(request(name)), name).toBeUndefined();
    }
  });

  it('answers each command with too few arguments as Redis does', () => {
    const { ask } = client();
    for (const one of commands) {
      if (Math.abs(one.arity) < 2) continue;
      expect(ask(one.name)).toBe(wrongNumber(one.name));
    }
    expect(ask('GET a b')).toBe(wrongNumber('get'));
    expect(ask('CLIENT SETNAME')).toBe(wrongNumber('client|setname'));
    expect(ask('MSET a 1 b')).toBe(wrongNumber('mset'));
    expect(ask('PING a b')).toBe(wrongNumber('ping'));
    expect(ask('CONFIG SET a 1 b')).toBe(wrongNumber('config|set'));
  });

  it('answers what it does not know as Redis does', () => {
    dialogue([
      ['FOO', "-ERR unknown command 'FOO', with args beginning with: "],
      ['foo a b', "-ERR unknown command 'foo', with args beginning with: 'a' 'b' "],
      ['CLIENT FOO', "-ERR unknown subcommand 'FOO'. Try CLIENT HELP."],
    ]);
    const { conversation } = client();
    expect(conversation.ask('a\r\nb', 'c\nd')).toBe(
      "-ERR unknown command 'a  b', with args beginning with: 'c d' \r\n",
    );
    expect(conversation.ask('x'.repeat(9000), 'y'.repeat(9000)).length).toBeLessThan(400);
  });

  it('lists the subcommands of a command for HELP', () => {
    expect(client().ask('CONFIG HELP')).toMatch(/\+GET: /);
  });

  it('ends a connection that speaks HTTP', () => {
    const { conversation } = client();
    expect(conversation.say('POST / HTTP/1.1\r\nHost: x\r\nSET a 1\r\n')).toBe('');
    expect(conversation.isClosed).toBe(true);
  });
});

describe('strings', () => {
  it('are set and read, binary bytes and all', () => {
    const { conversation } = client();
    expect(conversation.ask('SET', '\x00\r\nkey', '\xff\x00\r\n')).toBe('+OK\r\n');
    expect(conversation.ask('GET', '\x00\r\nkey')).toBe('$4\r\n\xff\x00\r\n\r\n');
    expect(conversation.ask('GET', 'other')).toBe('$-1\r\n');
    expect(conversation.ask('SET', '', '')).toBe('+OK\r\n');
    expect(conversation.ask('GET', '')).toBe('$0\r\n\r\n');
  });

  it('are set on conditions', () => {
    dialogue([
      ['SET a 1 XX', '$-1'],
      ['SET a 1 NX', '+OK'],
      ['SET a 2 nx', '$-1'],
      ['SET a 3 XX GET', '$1\r\n1'],
      ['SET a 4 GET', '$1\r\n3'],
      ['SET a 5 NX GET', '$1\r\n4'],
      ['SET b 6 NX GET', '$-1'],
      ['MGET a b c', '*3\r\n$1\r\n4\r\n$1\r\n6\r\n$-1'],
      ['SET a 1 NX XX', '-ERR syntax error'],
      ['SET a 1 FOO', '-ERR syntax error'],
      ['SETNX a 1', ':0'],
      ['SETNX c 1', ':1'],
      ['GETSET c 2', '$1\r\n1'],
      ['GETDEL c', '$1\r\n2'],
      ['GETDEL c', '$-1'],
    ]);
  });

  it('expire as SET says', () => {
    const { port, ask } = client();
    ask('SET s 1 EX 10');
    ask('SET ms 1 PX 10000');
    ask(`SET sAt 1 EXAT ${port.nowMs / 1000 + 10}`);
    ask(`SET msAt 1 PXAT ${port.nowMs + 10_000}`);
    for (const key of ['s', 'ms', 'sAt', 'msAt']) expect(ask(`PTTL ${key}`)).toBe(':10000');
    ask('SET s 2 KEEPTTL');
    ask('SET ms 2');
    expect(ask('TTL s')).toBe(':10');
    expect(ask('TTL ms')).toBe(':-1');
    expect(ask('TTL none')).toBe(':-2');
    port.nowMs += 9999;
    expect(ask('EXISTS s ms sAt msAt')).toBe(':4');
    port.nowMs += 1;
    expect(ask('EXISTS s ms sAt msAt')).toBe(':1');
  });

  it('that expire in the past are gone at once', () => {
    dialogue([
      ['SET a 1', '+OK'],
      ['SET a 2 PXAT 1', '+OK'],
      ['GET a', '$-1'],
      ['SET a 1', '+OK'],
      ['EXPIRE a -1', ':1'],
      ['EXISTS a', ':0'],
      ['SET a 1', '+OK'],
      ['EXPIRE a 0', ':1'],
      ['EXISTS a', ':0'],
    ]);
  });

  it('are refused expiries that cannot be', () => {
    const invalid = (name: string) => `-ERR invalid expire time in '${name}' command`;
    dialogue([
      ['SET a 1 EX 0', invalid('set')],
      ['SET a 1 PX -1', invalid('set')],
      ['SET a 1 EXAT 0', invalid('set')],
      ['SET a 1 EX 9223372036854775807', invalid('set')],
      ['SET a 1 PX 9007199254740991', invalid('set')],
      ['SETEX a 0 1', invalid('setex')],
      ['PSETEX a -5 1', invalid('psetex')],
      ['EXPIRE a 9223372036854775807', invalid('expire')],
      ['SET a 1 EX x', notAnInteger],
      ['SET a 1 EX 1.5', notAnInteger],
      ['SET a 1 EX', '-ERR syntax error'],
      ['SET a 1 EX 1 PX 1', '-ERR syntax error'],
      ['SET a 1 EX 1 KEEPTTL', '-ERR syntax error'],
      ['SET a 1 KEEPTTL EX 1', '-ERR syntax error'],
      ['EXISTS a', ':0'],
    ]);
  });

  it('are appended to and counted', () => {
    dialogue([
      ['APPEND a abc', ':3'],
      ['APPEND a de', ':5'],
      ['GET a', '$5\r\nabcde'],
      ['STRLEN a', ':5'],
      ['STRLEN b', ':0'],
      ['SET e 1 EX 10', '+OK'],
      ['APPEND e 2', ':2'],
      ['TTL e', ':10'],
    ]);
  });

  it('are counted up and down, within 64 bits', () => {
    dialogue([
      ['INCR n', ':1'],
      ['INCRBY n 41', ':42'],
      ['DECR n', ':41'],
      ['DECRBY n 50', ':-9'],
      ['DECRBY n -9223372036854775807', ':9223372036854775798'],
      ['INCRBY n 100', '-ERR increment or decrement would overflow'],
      ['GET n', '$19\r\n9223372036854775798'],
      ['DECRBY n -9223372036854775808', '-ERR decrement would overflow'],
      ['INCRBY n x', notAnInteger],
      ['SET n abc', '+OK'],
      ['INCR n', notAnInteger],
    ]);
  });

  it('are set together', () => {
    dialogue([
      ['MSET a 1 b 2 a 3', '+OK'],
      ['MGET a b', '*2\r\n$1\r\n3\r\n$1\r\n2'],
      ['SETEX c 10 x', '+OK'],
      ['TTL c', ':10'],
      ['PSETEX c 1500 y', '+OK'],
      ['PTTL c', ':1500'],
    ]);
  });
});

describe('keys', () => {
  it('are removed, counted and typed', () => {
    dialogue([
      ['MSET a 1 b 2 c 3', '+OK'],
      ['DBSIZE', ':3'],
      ['EXISTS a a nosuch', ':2'],
      ['TOUCH a b', ':2'],
      ['TYPE a', '+string'],
      ['TYPE nosuch', '+none'],
      ['DEL a a nosuch', ':1'],
      ['UNLINK b', ':1'],
      ['FLUSHALL FOO', '-ERR syntax error'],
      ['FLUSHALL ASYNC', '+OK'],
      ['DBSIZE', ':0'],
      ['SET a 1', '+OK'],
      ['FLUSHDB', '+OK'],
      ['EXISTS a', ':0'],
    ]);
  });

  it('expire on conditions', () => {
    dialogue([
      ['EXPIRE a 10', ':0'],
      ['SET a 1', '+OK'],
      ['EXPIRE a 10 XX', ':0'],
      ['EXPIRE a 10 GT', ':0'],
      ['EXPIRE a 10 NX', ':1'],
      ['EXPIRE a 5 NX', ':0'],
      ['EXPIRE a 5 GT', ':0'],
      ['PEXPIRE a 20000 GT', ':1'],
      ['PEXPIRE a 30000 LT', ':0'],
      ['TTL a', ':20'],
      ['PERSIST a', ':1'],
      ['PERSIST a', ':0'],
      ['TTL a', ':-1'],
      ['EXPIREAT a 1700000100', ':1'],
      ['EXPIRETIME a', ':1700000100'],
      ['PEXPIREAT a 1700000100001', ':1'],
      ['PEXPIRETIME a', ':1700000100001'],
      ['EXPIRE a 1 NX GT', '-ERR NX and XX, GT or LT options at the same time are not compatible'],
      ['EXPIRE a 1 GT LT', '-ERR GT and LT options at the same time are not compatible'],
      ['EXPIRE a 1 FOO', '-ERR Unsupported option FOO'],
      ['EXPIRE a x', notAnInteger],
    ]);
  });
});

describe('the connection', () => {
  it('speaks RESP2 until HELLO 3, and again after RESET', () => {
    const { ask } = client();
    expect(ask('HELLO')).toMatch(/^\*14\r\n\$6\r\nserver\r\n.*proto\r\n:2\r\n/s);
    expect(ask('HELLO 3')).toMatch(/^%7\r\n\$6\r\nserver\r\n.*proto\r\n:3\r\n/s);
    expect(ask('GET a')).toBe('_');
    expect(ask('HELLO 4')).toBe('-NOPROTO unsupported protocol version');
    expect(ask('HELLO x')).toBe('-ERR Protocol version is not an integer or out of range');
    expect(ask('HELLO 3 FOO')).toBe("-ERR Syntax error in HELLO option 'FOO'");
    expect(ask('RESET')).toBe('+RESET');
    expect(ask('GET a')).toBe('$-1');
  });

  it('asks for the password before anything else', () => {
    dialogue(
      [
        ['GET a', '-NOAUTH Authentication required.'],
        ['PING', '-NOAUTH Authentication required.'],
        ['AUTH wrong', '-WRONGPASS invalid username-password pair or user is disabled.'],
        ['AUTH someone secret', '-WRONGPASS invalid username-password pair or user is disabled.'],
        ['AUTH default secre', '-WRONGPASS invalid username-password pair or user is disabled.'],
        ['AUTH a b c', '-ERR syntax error'],
        ['AUTH secret', '+OK'],
        ['PING', '+PONG'],
        ['RESET', '+RESET'],
        ['PING', '-NOAUTH Authentication required.'],
        ['AUTH default secret', '+OK'],
        ['PING', '+PONG'],
      ],
      { password: 'secret' },
    );
    const { ask } = client({ password: 'secret' });
    expect(ask('HELLO 3')).toMatch(/^-NOAUTH HELLO must be called with the client already/);
    expect(ask('HELLO 3 AUTH default wrong')).toMatch(/^-WRONGPASS/);
    expect(ask('HELLO 3 AUTH default secret SETNAME me')).toMatch(/^%7/);
    expect(ask('CLIENT GETNAME')).toBe('$2\r\nme');
  });

  it('says so where no password is configured', () => {
    const { ask } = client();
    expect(ask('AUTH any')).toMatch(/^-ERR AUTH <password> called without any password configured/);
    expect(ask('AUTH default any')).toBe('+OK');
  });

  it('has one database', () => {
    dialogue([
      ['SELECT 0', '+OK'],
      ['SELECT 1', '-ERR DB index is out of range'],
      ['SELECT x', notAnInteger],
    ]);
  });

  it('tells about itself', () => {
    const { port, ask } = client();
    expect(ask('CLIENT ID')).toBe(':1');
    expect(ask('CLIENT GETNAME')).toBe('$-1');
    expect(ask('CLIENT SETNAME me')).toBe('+OK');
    expect(ask('CLIENT SETINFO LIB-NAME lib')).toBe('+OK');
    expect(ask('CLIENT SETINFO lib-ver 1.2')).toBe('+OK');
    expect(ask('CLIENT SETINFO foo 1')).toBe("-ERR Unrecognized option 'foo'");
    expect(ask('CLIENT NO-EVICT on')).toBe('+OK');
    expect(ask('CLIENT NO-TOUCH maybe')).toBe('-ERR syntax error');
    port.nowMs += 3000;
    const line = ask('CLIENT INFO');
    expect(line).toMatch(/id=1 addr=client:1 laddr=server:6379 name=me age=3 idle=0 flags=e db=0/);
    expect(line).toMatch(/cmd=client\|info user=default redir=-1 resp=2 lib-name=lib lib-ver=1.2/);
    const { conversation } = client();
    expect(conversation.ask('CLIENT', 'SETNAME', 'a b')).toMatch(/^-ERR Client names cannot/);
    expect(conversation.ask('CLIENT', 'SETNAME', '\xff\n')).toMatch(/^-ERR Client names cannot/);
  });

  it('lists and kills others', () => {
    const { connect, ask } = client();
    const [second, third] = [connect(), connect()];
    expect(ask('CLIENT LIST').match(/id=/g)?.length).toBe(3);
    expect(ask('CLIENT LIST TYPE pubsub')).toBe('$0\r\n');
    expect(ask('CLIENT LIST ID 2 9').match(/id=\d/g)).toEqual(['id=2']);
    expect(ask('CLIENT LIST TYPE foo')).toBe("-ERR Unknown client type 'foo'");
    expect(ask('CLIENT LIST FOO')).toBe('-ERR syntax error');
    expect(ask('CLIENT KILL nowhere:1')).toBe('-ERR No such client');
    expect(ask('CLIENT KILL client:2')).toBe('+OK');
    expect([second.isKilled, third.isKilled]).toEqual([true, false]);
    expect(ask('CLIENT KILL ID 3 TYPE normal SKIPME yes')).toBe(':1');
    expect(third.isKilled).toBe(true);
    expect(ask('CLIENT KILL ID 0')).toBe('-ERR client-id should be greater than 0');
    expect(ask('CLIENT KILL ID 1')).toBe(':0');
  });

  it('answers a client that kills itself, and closes', () => {
    const { ask, conversation } = client();
    expect(ask('CLIENT KILL ID 1 SKIPME no')).toBe(':1');
    expect(conversation.isClosed).toBe(true);
  });

  it('keeps silent when told to', () => {
    const { conversation } = client();
    const replies = conversation.say(
      'CLIENT REPLY SKIP\r\nSET a 1\r\nGET a\r\nCLIENT REPLY OFF\r\nSET a 2\r\nGET a\r\nFOO\r\n' +
        'CLIENT REPLY SKIP\r\nPING\r\nCLIENT REPLY ON\r\nGET a\r\n',
    );
    expect(replies).toBe('$1\r\n1\r\n+OK\r\n$1\r\n2\r\n');
  });

  it('closes after QUIT, and runs nothing behind it', () => {
    const { conversation, port } = client();
    expect(conversation.say('SET a 1\r\nQUIT\r\nSET b 1\r\n')).toBe('+OK\r\n+OK\r\n');
    expect(conversation.isClosed).toBe(true);
    expect(port.store.counts().keys).toBe(1);
  });
});

describe('the server', () => {
  it('answers PING, ECHO and TIME', () => {
    dialogue([
      ['PING', '+PONG'],
      ['PING hello', '$5\r\nhello'],
      ['ECHO hello', '$5\r\nhello'],
      ['TIME', '*2\r\n$10\r\n1700000000\r\n$1\r\n0'],
    ]);
  });

  it('has the INFO that clients look for', () => {
    const { port, ask } = client();
    ask('MSET a 1 b 2');
    ask('EXPIRE a 10');
    port.nowMs += 5000;
    const info = ask('INFO');
    for (const line of [
      '# Server',
      'redis_version:7.4.0',
      'redis_mode:standalone',
      'uptime_in_seconds:5',
      'connected_clients:1',
      'loading:0',
      'role:master',
      'db0:keys=2,expires=1,avg_ttl=0',
      '# Raftchart',
      'id:local',
      'role:leader',
      'total_commands_processed:3',
    ]) {
      expect(info).toContain(`${line}\r\n`);
    }
    expect(ask('INFO keyspace')).toMatch(/^\$\d+\r\n# Keyspace\r\ndb0:[^#]*$/);
    expect(ask('INFO replication RAFTCHART').match(/# \w+/g)).toEqual([
      '# Replication',
      '# Raftchart',
    ]);
    ask('CONFIG RESETSTAT');
    expect(ask('INFO stats')).toContain('total_commands_processed:1\r\n');
  });

  it('remembers settings, and keeps those that mean something', () => {
    dialogue([
      ['CONFIG GET save', '*2\r\n$4\r\nsave\r\n$0\r\n'],
      ['CONFIG GET APPENDONLY', '*2\r\n$10\r\nappendonly\r\n$3\r\nyes'],
      ['CONFIG SET foo bar', '+OK'],
      ['CONFIG GET fo*', '*2\r\n$3\r\nfoo\r\n$3\r\nbar'],
      ['CONFIG GET nosuch', '*0'],
      [
        'CONFIG SET maxclients 5',
        "-ERR CONFIG SET failed (possibly related to argument 'maxclients') - " +
          "can't set immutable config",
      ],
    ]);
  });

  it('describes its commands', () => {
    const { ask } = client();
    expect(ask('COMMAND COUNT')).toBe(`:${commands.length}`);
    expect(ask('COMMAND')).toMatch(new RegExp(`^\\*${commands.length}\r\n\\*10\r\n`));
    expect(ask('COMMAND INFO get nosuch')).toBe(
      '*2\r\n*10\r\n$3\r\nget\r\n:2\r\n*2\r\n+readonly\r\n+fast\r\n:1\r\n:1\r\n:1\r\n' +
        '*2\r\n+@fast\r\n+@read\r\n*0\r\n*0\r\n*0\r\n$-1',
    );
    expect(ask('COMMAND DOCS get nosuch')).toMatch(/^\*2\r\n\$3\r\nget\r\n\*4\r\n\$7\r\nsummary/);
    expect(ask('COMMAND GETKEYS mset a 1 b 2')).toBe('*2\r\n$1\r\na\r\n$1\r\nb');
    expect(ask('COMMAND GETKEYS del a b')).toBe('*2\r\n$1\r\na\r\n$1\r\nb');
    expect(ask('COMMAND GETKEYS ping')).toBe('-ERR The command has no key arguments');
    expect(ask('COMMAND GETKEYS nosuch')).toBe('-ERR Invalid command specified');
    expect(ask('COMMAND GETKEYS get')).toBe(
      '-ERR Invalid number of arguments specified for command',
    );
    expect(ask('COMMAND LIST')).toMatch(new RegExp(`^\\*${commands.length}\r\n`));
    expect(ask('COMMAND LIST FILTERBY PATTERN g?t')).toBe('*1\r\n$3\r\nget');
    expect(ask('COMMAND LIST FILTERBY ACLCAT read')).toMatch(/\r\nmget/);
    expect(ask('COMMAND LIST FILTERBY MODULE x')).toBe('*0');
    expect(ask('COMMAND LIST FOO')).toBe('-ERR syntax error');
  });

  it('has the stubs that test suites call', () => {
    dialogue([
      ['FUNCTION FLUSH', '+OK'],
      ['FUNCTION FLUSH ASYNC', '+OK'],
      ['FUNCTION FLUSH NOW', '-ERR syntax error'],
      ['DEBUG SLEEP 0', '+OK'],
    ]);
  });
});
