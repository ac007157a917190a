"""Pod templates: the containers that a workload makes its pods of, as its wide columns print them. Pure."""

from kubetui.read import At, Read


class TemplateContainer(Read):
    """core/v1 Container, as far as a workload's columns name it."""

    name: At[str, 1] = ""
    image: At[str, 2] = ""


class TemplateSpec(Read):
    """core/v1 PodSpec of a template."""

    containers: At[tuple[TemplateContainer, ...], 2] = ()


class PodTemplate(Read):
    """core/v1 PodTemplateSpec."""

    spec: At[TemplateSpec, 2] = TemplateSpec()

    @property
    def names(self) -> str:
        """CONTAINERS."""
        return ",".join(container.name for container in self.spec.containers)

    @property
    def images(self) -> str:
        """IMAGES."""
        return ",".join(container.image for container in self.spec.containers)
