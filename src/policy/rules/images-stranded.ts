import type { ReportRule } from '../finding.ts'
import { countOf, shortList } from '../short-list.ts'

/** ImagesStranded: images are in another snapshotter only and their layers are gone; they work again only where a registry helps. */
export const imagesStranded: ReportRule = ({ images }, expected) => {
  const stranded = images.stranded ?? []
  if (stranded.length === 0) return null
  const [verb, whose] = stranded.length === 1 ? ['is', 'its'] : ['are', 'their']
  return {
    reason: 'ImagesStranded',
    found: `${countOf(stranded.length, 'image')} ${verb} not in ${expected} and ${whose} layers are gone, so containers can fail (${shortList(stranded)})`,
  }
}
