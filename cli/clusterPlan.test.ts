import { describe, expect, it } from 'vitest';
import { clusterPlan, raftAddresses } from './clusterPlan.js';

describe('the cluster of start', () => {
  const plan = clusterPlan({ cluster: 'main', data: 'data', port: 7001, servers: 3 });

  it('has servers s1 to s3, each on the next port and in a folder of its own', () => {
    expect(plan.servers).toEqual([
      { id: 's1', redisPort: 7001, raftPort: 7101, folder: 'data/s1' },
      { id: 's2', redisPort: 7002, raftPort: 7102, folder: 'data/s2' },
      { id: 's3', redisPort: 7003, raftPort: 7103, folder: 'data/s3' },
    ]);
  });

  it('is heard on loopback only', () => {
    expect(raftAddresses(plan)).toEqual({
      s1: '127.0.0.1:7101',
      s2: '127.0.0.1:7102',
      s3: '127.0.0.1:7103',
    });
  });
});
