import type { LabelSelector, LabelSelectorRequirement } from './label-selector.ts'

type Labels = Readonly<Record<string, string>>

/** Whether a selector that parseLabelSelector accepted selects these labels, as metav1.LabelSelectorAsSelector would. */
export const matchesLabelSelector = (selector: LabelSelector, labels: Labels): boolean =>
  Object.entries(selector.matchLabels).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value) &&
  selector.matchExpressions.every(expression => matchesExpression(expression, labels))

const matchesExpression = ({ key, operator, values }: LabelSelectorRequirement, labels: Labels): boolean => {
  const present = Object.hasOwn(labels, key)
  switch (operator) {
    case 'In':
      return present && values.includes(labels[key] ?? '')
    case 'NotIn':
      return !present || !values.includes(labels[key] ?? '')
    case 'Exists':
      return present
    case 'DoesNotExist':
      return !present
  }
}
