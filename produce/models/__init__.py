"""Facts about produce: what the goods are, what quality means, what a tender demands."""

from produce.models.adjustment import PriceAdjustmentSchedule, PriceAdjustmentStep
from produce.models.commodity import Commodity
from produce.models.parameter import Limit, Parameter, ParameterComponent
from produce.models.proposal import StandardProposal
from produce.models.specification import (
    QualitySpecification,
    SpecificationComponent,
    SpecificationLimit,
)
from produce.models.standard import Grade, Standard

__all__ = [
    "Commodity",
    "Grade",
    "Limit",
    "Parameter",
    "ParameterComponent",
    "PriceAdjustmentSchedule",
    "PriceAdjustmentStep",
    "QualitySpecification",
    "SpecificationComponent",
    "SpecificationLimit",
    "Standard",
    "StandardProposal",
]
