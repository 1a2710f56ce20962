import { podsOf } from '../../e2e/guard/guard-metrics.ts'
import type { TestCluster } from '../../e2e/test-cluster.ts'
import type { Chaos } from '../chaos.ts'
import type { Fault } from './fault.ts'
import { freezeProgram, freezeWriters, killProgram, killWriters } from './programs.ts'
import { cutOff, freeze, kill } from './replicas.ts'

/** Everything that is killed, frozen and cut off. Only one of them is broken at a time: two layers at once are another promise. */
export function allFaults({ plane, kubelet }: TestCluster, { random, writers, serverGoesDown }: Chaos): Fault[] {
  const webhooks = () => podsOf(kubelet, 'serve')
  const oneWebhook = () => [random.pick(webhooks())]
  const controllers = () => podsOf(kubelet, 'controller')
  const ofServer = (fault: Fault): Fault => {
    let isBack = () => {}
    return {
      name: fault.name,
      begin: async () => {
        isBack = serverGoesDown()
        await fault.begin()
      },
      end: async () => {
        await fault.end()
        isBack()
      },
    }
  }
  return [
    kill('a replica of the webhook', oneWebhook),
    freeze('a replica of the webhook', oneWebhook),
    cutOff('a replica of the webhook', oneWebhook),
    kill('every replica of the webhook', webhooks),
    freeze('every replica of the webhook', webhooks),
    kill('the controller', controllers),
    freeze('the controller', controllers),
    cutOff('the controller', controllers),
    ofServer(killProgram(plane, 'kube-apiserver')),
    ofServer(freezeProgram(plane, 'kube-apiserver')),
    killProgram(plane, 'kube-scheduler'),
    killWriters(writers),
    freezeWriters(writers),
  ]
}
