import type { NodeOptions } from './nodes.ts'

const IMAGES = 50
const VOLUMES = 20
const ZONES = ['a', 'b', 'c']

/** A node as a managed cluster has it: about 19 KB of JSON, most of it the list of images. The same index gives the same node. */
export function realisticNode(index: number): NodeOptions {
  const name = `ip-10-${index >> 14}-${(index >> 7) & 127}-${index & 127}.eu-west-1.compute.internal`
  const volumes = Array.from({ length: VOLUMES }, (_, volume) => volumeOf(volume, index))
  const zone = ZONES[index % ZONES.length]
  return {
    name,
    labels: {
      'node.kubernetes.io/instance-type': index % 4 === 0 ? 'm7i.4xlarge' : 'c7g.8xlarge',
      'topology.kubernetes.io/region': 'eu-west-1',
      'topology.kubernetes.io/zone': `eu-west-1${zone}`,
      'topology.k8s.aws/zone-id': `euw1-az${index % ZONES.length}`,
      'karpenter.sh/nodepool': `pool-${index % 12}`,
      'karpenter.sh/capacity-type': index % 3 === 0 ? 'on-demand' : 'spot',
      'k8s.io/cloud-provider-aws': '8a6f1c8b6c1ee5fbfb4f5ad1b13f9d52',
    },
    annotations: {
      'csi.volume.kubernetes.io/nodeid': JSON.stringify({
        'ebs.csi.aws.com': `i-${index.toString(16).padStart(17, '0')}`,
      }),
      'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
    },
    status: {
      images: Array.from({ length: IMAGES }, (_, image) => imageOf(image, index)),
      volumesInUse: volumes,
      volumesAttached: volumes.map(volume => ({ name: volume, devicePath: '' })),
    },
  }
}

function imageOf(image: number, node: number) {
  const repository = `123456789012.dkr.ecr.eu-west-1.amazonaws.com/platform/team-${image % 7}/service-${image}`
  const digest = `${image.toString(16)}${node.toString(16)}`.padStart(64, '0123456789abcdef')
  return {
    names: [`${repository}@sha256:${digest}`, `${repository}:v1.${image}.${node % 90}-release`],
    sizeBytes: 104_857_600 + image,
  }
}

function volumeOf(volume: number, node: number): string {
  return `kubernetes.io/csi/ebs.csi.aws.com^vol-${volume.toString(16).padStart(4, '0')}${node.toString(16).padStart(13, '0')}`
}
