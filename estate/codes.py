"""Every finding by its code: how severe it is and what it says. docs/findings.md has a section on each."""

from __future__ import annotations

from dataclasses import dataclass

from estate.findings import Severity


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding."""

    severity: Severity
    sentence: str


def _error(sentence: str) -> Code:
    return Code("error", sentence)


def _warning(sentence: str) -> Code:
    return Code("warning", sentence)


# By the step that makes them: file, YAML, includes, shape, checks.
CODES = {
    "file-missing": _error("There is no file at this path."),
    "file-is-folder": _error("The path names a folder."),
    "file-unreadable": _error("The file cannot be opened, or is not a regular file."),
    "file-too-large": _error("The files of an estate have more than 4 MiB together."),
    "file-empty": _error("The file holds nothing."),
    "not-utf-8": _error("The file is not UTF-8."),
    "byte-order-mark": _warning("The file begins with a byte order mark."),
    "control-character": _error("A character stands in the file or in a text that may not stand there."),
    "yaml-syntax": _error("The file is not YAML."),
    "tab-indent": _error("A line is indented with a tab."),
    "several-documents": _error("The file holds more than one YAML document."),
    "duplicate-key": _error("A key stands twice in one group."),
    "key-not-text": _error("A key is a number, a truth value, a list, a group or nothing."),
    "merge-key": _error("A YAML merge key (<<) is used."),
    "tag": _error("A YAML tag is used."),
    "ambiguous-word": _error("A word without quotes means different things to different YAML readers."),
    "alias-unknown": _error("An alias names an anchor that does not stand above it."),
    "alias-loop": _error("An alias stands inside the value that it names."),
    "alias-expansion": _error("Aliases make far more of the file than is written."),
    "too-deep": _error("More levels are nested than an estate has."),
    "too-many-values": _error("The file holds more keys and values than any estate."),
    "not-a-mapping": _error("The file is a list or a single value, not a group of keys."),
    "exporter-file": _error("The file is the configuration of an exporter."),
    "include-cycle": _error("A file includes itself, directly or through others."),
    "include-twice": _error("A file is included more than once."),
    "row-twice": _error("Two files define the same row or key."),
    "api-version-missing": _error("The estate file does not say which version of the format it is in."),
    "api-version-unknown": _error("The file is in a version of the format that is not known."),
    "reserved": _error("A key is kept for a module that is not there yet."),
    "unknown-key": _error("A key means nothing at this place."),
    "missing-key": _error("A key that must be there is missing."),
    "wrong-type": _error("A value is of another kind than its key takes."),
    "unquoted": _error("A number stands where text belongs, because it has no quotes."),
    "not-allowed": _error("A value is not one of those that its key takes."),
    "out-of-range": _error("A number is too small or too large."),
    "empty": _error("A list, a group or a text is empty where it may not be."),
    "invalid-name": _error("A name cannot become a DNS label."),
    "invalid-cluster-name": _error("A cluster name cannot become part of component names."),
    "invalid-storage-account": _error("A storage account name is not one that Azure allows."),
    "invalid-container": _error("A blob container name is not one that Azure allows."),
    "invalid-region": _error("A region is not written in its short form."),
    "invalid-id": _error("An id is not a UUID."),
    "invalid-version": _error("A version is not written as its key takes it."),
    "invalid-metric-name": _error("A metric name is not one that Prometheus allows."),
    "invalid-label-name": _error("A label name is not one that Prometheus leaves to its users."),
    "invalid-label-value": _error("A label value cannot also be a Kubernetes label value."),
    "invalid-resource-type": _error("A resource type is not written as Azure writes it."),
    "invalid-host": _error("A host is not an address or a DNS name alone."),
    "invalid-image": _error("The name of an image, a registry or a digest is not one that registries take."),
    "invalid-url": _error("An address is not one that an HTTP client can read."),
    "invalid-duration": _error("A duration is not written as Prometheus writes it."),
    "invalid-count": _error("A number is not written as 400000, 400k or 1.5M."),
    "certificate-validity": _warning("A certificate is expired, not valid yet, or near its end."),
    "literal-secret": _error("A secret stands in the file instead of a reference to it."),
    "unknown-tenant": _error("A subscription names a tenant that is not defined."),
    "unknown-subscription": _error("A row names a subscription that is not defined."),
    "unknown-cluster": _error("A row names a cluster that is not defined."),
    "unknown-receiver": _error("A receiver is named that is not defined."),
    "unused-tenant": _warning("No subscription is in a tenant."),
    "unused-subscription": _warning("No cluster and no exporter uses a subscription."),
    "unused-receiver": _warning("Nothing is sent to a receiver."),
    "tenant-id-twice": _error("Two tenants have one id."),
    "subscription-id-twice": _error("Two subscriptions have one id."),
    "listed-twice": _error("A list holds one entry twice."),
    "wave-cluster-twice": _error("A cluster is in two waves of a roll-out."),
    "rollout-name-twice": _error("Two waves or two gates have one name."),
    "label-reserved": _error("A cluster sets a label that is not its own to set."),
    "label-collides": _error("A cluster's label is also one of the series that are scraped there."),
    "label-case": _warning("Two labels differ in upper and lower case only."),
    "replica-label": _error("The replica label is one that tells more apart than replicas."),
    "component-name-long": _error("A component's name would be longer than a DNS label."),
    "component-name-twice": _error("Two components would have one name."),
    "local-retention-short": _error("A cluster keeps samples for less than three blocks."),
    "local-retention-low": _warning("A cluster keeps samples for less than a day."),
    "store-retention-short": _error("Blocks would be deleted before they are downsampled."),
    "store-retention-low": _warning("Late blocks may be deleted before they are downsampled."),
    "store-retention-order": _error("Coarser data is kept for less time than finer data."),
    "store-retention-zoom": _warning("Old graphs can be seen in coarse steps only."),
    "timeout-order": _error("A timeout is not below the one that it must fit in."),
    "scrape-interval-long": _warning("Targets are scraped too seldom for graphs without gaps."),
    "pair-deduplication": _warning("Replicas are scraped in a way that makes merged rates jump."),
    "repeat-short": _error("Notifications cannot be repeated so often."),
    "azure-scope-shared": _error("Two components of one Azure exporter would read one subscription."),
    "azure-metric-twice": _error("Two entries read one Azure metric of the same resources."),
    "azure-metric-split": _warning("Two entries split one Azure metric in different ways."),
    "azure-metric-kind": _error("Two entries make a gauge and a counter of one Azure metric."),
    "counter-suffix": _error("A metric's name says another type than it has."),
    "metric-suffix": _warning("A metric's name ends in what only other types end in."),
    "metric-unit": _warning("A metric's name says a unit that is no base unit."),
    "metric-scale": _warning("A value's path says another unit than its metric's name."),
    "metric-reserved": _error("A metric's name is one that something else writes."),
    "metric-family": _error("Two metrics are one family to OpenMetrics."),
    "metric-twice": _error("Two metrics of an exporter have one name."),
    "metric-label-reserved": _error("A metric sets a label that Prometheus sets."),
    "jmespath-invalid": _error("A JMESPath does not compile or calls an unknown function."),
    "jmespath-text-order": _warning("A JMESPath may put two texts in order, letter by letter."),
    "inventory-missing": _warning("No exporter publishes the list of clusters."),
    "inventory-twice": _error("The list of clusters is published more than once."),
    "replace-unused": _warning("An address is replaced that no exporter reads."),
}
